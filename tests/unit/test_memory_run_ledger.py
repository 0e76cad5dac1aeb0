"""The ledger and liveness in memory: what their ports promise, and the knobs of tests."""

import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.run_ledger import SILENT_AFTER_MS, MemoryRunLedger
from application.ports.run_ledger import RunFilter
from contracts import builders
from domain.errors import StoreError, StoreLocked
from domain.runs import Run, RunMode, RunStatus


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


def statuses(ledger: MemoryRunLedger) -> list[RunStatus]:
    return [run.status for run in ledger.runs(RunFilter())]


def test_a_row_is_replaced_by_the_next_of_the_same_run(ledger: MemoryRunLedger) -> None:
    first, last = builders.run(), builders.run(status=RunStatus.SUCCEEDED)
    ledger.save(first)
    ledger.save(last)
    assert ledger.runs(RunFilter()) == (last,)
    assert ledger.saved == [first, last]


def test_runs_come_newest_first_and_no_more_than_asked_for(ledger: MemoryRunLedger) -> None:
    for number, started_at in enumerate((2, 3, 1, 3)):
        ledger.save(builders.run(f"run-{number}", started_at=started_at, status=RunStatus.FAILED))
    assert [run.run_id for run in ledger.runs(RunFilter(limit=3))] == ["run-3", "run-1", "run-0"]
    assert len(ledger.runs(RunFilter(limit=None))) == 4


def test_filters_narrow_together(ledger: MemoryRunLedger) -> None:
    ledger.save(builders.run("a", status=RunStatus.FAILED, mode=RunMode.SURGICAL))
    ledger.save(builders.run("b", status=RunStatus.FAILED))
    ledger.save(builders.run("c", status=RunStatus.SUCCEEDED, mode=RunMode.SURGICAL))
    chosen = RunFilter(state=RunStatus.FAILED, mode=RunMode.SURGICAL)
    assert [run.run_id for run in ledger.runs(chosen)] == ["a"]
    assert [run.run_id for run in ledger.runs(RunFilter(run_id="b"))] == ["b"]


def test_a_running_row_without_its_process_is_interrupted_at_once(ledger: MemoryRunLedger) -> None:
    with ledger.living("run-1"):
        ledger.save(builders.run("run-1"))
        assert statuses(ledger) == [RunStatus.RUNNING]
    assert statuses(ledger) == [RunStatus.INTERRUPTED]
    assert ledger.runs(RunFilter(state=RunStatus.RUNNING)) == ()
    assert len(ledger.runs(RunFilter(state=RunStatus.INTERRUPTED))) == 1


def test_one_on_another_host_is_interrupted_after_a_minute_of_silence(
    ledger: MemoryRunLedger, clock: MemoryClock
) -> None:
    ledger.save(builders.run(host="elsewhere"))
    clock.advance(SILENT_AFTER_MS)
    assert statuses(ledger) == [RunStatus.RUNNING]
    clock.advance(1)
    assert statuses(ledger) == [RunStatus.INTERRUPTED]


def test_what_the_hook_raises_keeps_the_row_from_being_written(ledger: MemoryRunLedger) -> None:
    ledger.on_save = refuse
    with pytest.raises(StoreError):
        ledger.save(builders.run())
    assert ledger.runs(RunFilter()) == ()


def test_somebody_lives_under_a_name_for_a_block(liveness: MemoryLiveness) -> None:
    with liveness.living("ada"):
        assert liveness.is_alive("ada")
        assert not liveness.is_alive("bob")
    assert not liveness.is_alive("ada")


def test_a_life_ends_with_an_error_too(liveness: MemoryLiveness) -> None:
    with pytest.raises(ZeroDivisionError), liveness.living("ada"):
        raise ZeroDivisionError
    assert not liveness.is_alive("ada")


def test_a_name_belongs_to_one_at_a_time(liveness: MemoryLiveness) -> None:
    with liveness.living("ada"), pytest.raises(StoreLocked), liveness.living("ada"):
        pass


def test_a_killed_holder_does_not_end_the_life_of_the_next(liveness: MemoryLiveness) -> None:
    with liveness.living("ada"):
        liveness.kill("ada")
        assert not liveness.is_alive("ada")
        liveness.start("ada")
    assert liveness.is_alive("ada")
