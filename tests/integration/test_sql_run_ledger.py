"""The ledger in its table."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from adapters.locks.kernel_liveness import KernelLiveness
from adapters.memory.clock import MemoryClock
from adapters.memory.process_identity import MemoryProcessIdentity
from adapters.sql.connections import for_writing
from adapters.sql.run_ledger import SqlRunLedger
from adapters.sql.schema import sync_runs
from application.ports.run_ledger import RunFilter
from contracts import builders
from contracts.run_ledger_contract import LedgerHouse, RunLedgerContract, shown
from contracts.store_processes import elsewhere, ledger_on
from domain.runs import Counters, RunStatus


class TestSqlRunLedger(RunLedgerContract):
    @pytest.fixture
    def house(self, engine: Engine, tmp_path: Path) -> LedgerHouse:
        clock, liveness = MemoryClock(builders.NOON), KernelLiveness(tmp_path / "locks")
        ledger = SqlRunLedger(engine, liveness=liveness, clock=clock, process=MemoryProcessIdentity(host="here"))
        return LedgerHouse(ledger=ledger, advance=clock.advance)


@pytest.mark.requirement("sync:interrupted-is-recognised")
def test_a_run_whose_process_was_killed_is_interrupted_at_once(engine: Engine, database: Path) -> None:
    ledger = ledger_on(engine, database)
    with elsewhere("run", database) as run:
        assert shown(ledger) == {"run-1": RunStatus.RUNNING}
        run.kill()
        run.wait()
        assert shown(ledger) == {"run-1": RunStatus.INTERRUPTED}


def test_a_running_row_is_stored_as_running(engine: Engine, database: Path) -> None:
    ledger = ledger_on(engine, database)
    ledger.save(builders.run("run-1"))
    ledger.runs(RunFilter())
    with engine.connect() as connection:
        assert connection.execute(select(sync_runs.c.status)).scalar_one() == "running"


def test_counters_of_another_version_are_passed_over(engine: Engine, database: Path) -> None:
    ledger = ledger_on(engine, database)
    ledger.save(builders.run("run-1", counters=Counters(fetched=3), status=RunStatus.SUCCEEDED))
    with for_writing(engine).begin() as connection:
        connection.execute(sync_runs.update().values(counters_json='{"fetched": 3, "unheard_of": 1}'))
    assert ledger.runs(RunFilter())[0].counters == Counters(fetched=3)
