"""What every `RunLedger` promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from application.ports.run_ledger import RunFilter, RunLedger
from contracts import builders
from domain.refs import EntityKind
from domain.runs import Counters, Failure, RequestStatistics, Run, RunMode, RunPhase, RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHouse:
    """A new ledger on the host `here` whose clock stands at `builders.NOON` until it is moved."""

    ledger: RunLedger
    advance: Callable[[int], object]
    """Lets milliseconds pass."""


def shown(ledger: RunLedger) -> dict[str, RunStatus]:
    return {run.run_id: run.status for run in ledger.runs(RunFilter())}


class RunLedgerContract(ABC):
    @pytest.fixture
    @abstractmethod
    def house(self) -> LedgerHouse | Iterator[LedgerHouse]: ...

    @pytest.fixture
    def ledger(self, house: LedgerHouse) -> RunLedger:
        return house.ledger

    def test_a_new_ledger_is_empty(self, ledger: RunLedger) -> None:
        assert ledger.runs(RunFilter()) == ()

    @pytest.mark.requirement("surgical:C10")
    def test_a_run_comes_back_as_it_was_saved(self, ledger: RunLedger) -> None:
        run = builders.run(
            mode=RunMode.SURGICAL,
            phase=RunPhase.FAILED,
            status=RunStatus.FAILED,
            finished_at=builders.NOON + 5,
            project="gruppe/größe",
            targets=("#1", "!2"),
            counters=Counters(fetched=3, skipped_stale=1),
            stage_ms=(("preflight", 10), ("ingest", 7)),
            requests=RequestStatistics(requests=9, retries=1, rate_limited=1, waited_ms=30),
            failures=(
                Failure(stage="ingest", code="GITLAB_NOT_FOUND", message="weg", kind=EntityKind.ISSUE, iid=1),
                Failure(stage="docs", code="DB_ERROR", message="no", project_path="group/app"),
            ),
            surgical_summary='{"targets": []}',
        )
        ledger.save(run)
        assert ledger.runs(RunFilter()) == (run,)

    @pytest.mark.requirement("surgical:C10")
    def test_a_run_has_one_row_which_the_latest_save_replaces(self, house: LedgerHouse) -> None:
        with house.ledger.living("run-1"):
            house.ledger.save(builders.run("run-1", phase=RunPhase.INGEST))
            house.ledger.save(builders.run("run-1", phase=RunPhase.DOCS, heartbeat_at=builders.NOON + 1))
            (run,) = house.ledger.runs(RunFilter())
        assert (run.phase, run.heartbeat_at) == (RunPhase.DOCS, builders.NOON + 1)

    def test_runs_come_newest_first_and_no_more_than_asked_for(self, ledger: RunLedger) -> None:
        for number, started_at in enumerate((2, 3, 1, 3)):
            ledger.save(builders.run(f"run-{number}", started_at=started_at, status=RunStatus.FAILED))
        assert [run.run_id for run in ledger.runs(RunFilter(limit=3))] == ["run-3", "run-1", "run-0"]
        assert len(ledger.runs(RunFilter(limit=None))) == 4

    def test_twenty_runs_are_shown_unless_asked_otherwise(self, ledger: RunLedger) -> None:
        for number in range(21):
            ledger.save(builders.run(f"run-{number}", started_at=number, status=RunStatus.SUCCEEDED))
        assert len(ledger.runs(RunFilter())) == 20

    def test_filters_narrow_together(self, ledger: RunLedger) -> None:
        ledger.save(builders.run("a", status=RunStatus.FAILED, mode=RunMode.SURGICAL))
        ledger.save(builders.run("b", status=RunStatus.FAILED))
        ledger.save(builders.run("c", status=RunStatus.SUCCEEDED, mode=RunMode.SURGICAL))

        def chosen(run_filter: RunFilter) -> list[str]:
            return [run.run_id for run in ledger.runs(run_filter)]

        assert chosen(RunFilter(state=RunStatus.FAILED, mode=RunMode.SURGICAL)) == ["a"]
        assert chosen(RunFilter(mode=RunMode.STANDARD)) == ["b"]
        assert chosen(RunFilter(run_id="c")) == ["c"]
        assert chosen(RunFilter(run_id="c", state=RunStatus.FAILED)) == []

    @pytest.mark.requirement("sync:interrupted-is-recognised")
    def test_a_running_run_without_its_life_is_interrupted_at_once(self, house: LedgerHouse) -> None:
        with house.ledger.living("run-1"):
            house.ledger.save(builders.run("run-1"))
            assert shown(house.ledger) == {"run-1": RunStatus.RUNNING}
        assert shown(house.ledger) == {"run-1": RunStatus.INTERRUPTED}

    @pytest.mark.requirement("sync:interrupted-is-recognised")
    def test_a_run_on_another_host_is_interrupted_after_a_minute_without_heartbeat(self, house: LedgerHouse) -> None:
        house.ledger.save(builders.run("run-1", host="there"))
        house.advance(builders.MINUTE)
        assert shown(house.ledger) == {"run-1": RunStatus.RUNNING}
        house.advance(1)
        assert shown(house.ledger) == {"run-1": RunStatus.INTERRUPTED}

    def test_running_and_interrupted_runs_are_filtered_as_they_are_shown(self, house: LedgerHouse) -> None:
        with house.ledger.living("alive"):
            house.ledger.save(builders.run("alive", started_at=1))
            house.ledger.save(builders.run("dead", started_at=2))
            found = {
                state: [run.run_id for run in house.ledger.runs(RunFilter(state=state, limit=1))]
                for state in (RunStatus.RUNNING, RunStatus.INTERRUPTED)
            }
        assert found == {RunStatus.RUNNING: ["alive"], RunStatus.INTERRUPTED: ["dead"]}

    @pytest.mark.parametrize("status", [RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED])
    def test_a_run_that_has_ended_needs_no_life(self, ledger: RunLedger, status: RunStatus) -> None:
        ended: Run = builders.run(status=status, finished_at=builders.NOON)
        ledger.save(ended)
        assert ledger.runs(RunFilter()) == (ended,)
