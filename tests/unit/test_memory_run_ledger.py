"""The ledger and liveness in memory: what their ports promise, and the knobs of tests."""

import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.run_ledger import MemoryRunLedger
from application.ports.run_ledger import RunFilter
from contracts import builders
from contracts.liveness_contract import LivenessContract
from contracts.run_ledger_contract import LedgerHouse, RunLedgerContract
from domain.errors import StoreError
from domain.runs import Run, RunStatus


@pytest.fixture
def clock() -> MemoryClock:
    return MemoryClock(builders.NOON)


@pytest.fixture
def liveness() -> MemoryLiveness:
    return MemoryLiveness()


@pytest.fixture
def ledger(clock: MemoryClock, liveness: MemoryLiveness) -> MemoryRunLedger:
    return MemoryRunLedger(clock, liveness, host="here")


def refuse(_: Run) -> None:
    raise StoreError("disk full")


class TestMemoryRunLedger(RunLedgerContract):
    @pytest.fixture
    def house(self) -> LedgerHouse:
        clock = MemoryClock(builders.NOON)
        ledger = MemoryRunLedger(clock, MemoryLiveness(), host="here")
        return LedgerHouse(ledger=ledger, advance=clock.advance)


class TestMemoryLiveness(LivenessContract):
    @pytest.fixture
    def liveness(self) -> MemoryLiveness:
        return MemoryLiveness()


def test_a_row_is_replaced_by_the_next_of_the_same_run(ledger: MemoryRunLedger) -> None:
    first, last = builders.run(), builders.run(status=RunStatus.SUCCEEDED)
    ledger.save(first)
    ledger.save(last)
    assert ledger.runs(RunFilter()) == (last,)
    assert ledger.saved == [first, last]


def test_what_the_hook_raises_keeps_the_row_from_being_written(ledger: MemoryRunLedger) -> None:
    ledger.on_save = refuse
    with pytest.raises(StoreError):
        ledger.save(builders.run())
    assert ledger.runs(RunFilter()) == ()


def test_a_killed_holder_does_not_end_the_life_of_the_next(liveness: MemoryLiveness) -> None:
    with liveness.living("ada"):
        liveness.kill("ada")
        assert not liveness.is_alive("ada")
        liveness.start("ada")
    assert liveness.is_alive("ada")
