"""The small ports in memory: clock, cancellation, identifiers, progress, workers, process identity."""

from collections.abc import Callable

import pytest

from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.clock import START, MemoryClock
from adapters.memory.identifiers import MemoryIdentifiers
from adapters.memory.process_identity import MemoryProcessIdentity
from adapters.memory.progress import MemoryProgress, StageShown
from adapters.memory.workers import MemoryWorkers
from application.ports.process_identity import ProcessIdentity
from contracts.cancellation_contract import CancellationContract
from contracts.clock_contract import ClockContract
from contracts.identifiers_contract import IdentifiersContract
from contracts.progress_contract import ProgressContract
from contracts.workers_contract import WorkersContract, double, one_by_one
from domain.errors import Cancelled


class TestMemoryClock(ClockContract):
    @pytest.fixture
    def clock(self) -> MemoryClock:
        return MemoryClock()

    def test_it_stands_still_until_told(self, clock: MemoryClock) -> None:
        assert clock.now_ms() == clock.now_ms() == START

    def test_a_sleep_moves_the_time_and_then_calls_the_hook(self, clock: MemoryClock) -> None:
        seen: list[tuple[int, int]] = []
        clock.on_sleep = lambda length: seen.append((length, clock.now_ms()))
        clock.sleep(100)
        clock.sleep(20)
        assert seen == [(100, START + 100), (20, START + 120)]
        assert clock.slept == [100, 20]

    def test_a_sleeper_does_the_sleeping(self, clock: MemoryClock) -> None:
        asked: list[int] = []
        clock.sleeper = asked.append
        clock.sleep(100)
        assert (asked, clock.now_ms()) == ([100], START)

    def test_durations_do_not_notice_that_the_clock_was_put_back(self, clock: MemoryClock) -> None:
        clock.advance(10)
        clock.set(START - 5_000)
        assert (clock.now_ms(), clock.monotonic_ms()) == (START - 5_000, 10)


class TestMemoryCancellation(CancellationContract):
    @pytest.fixture
    def cancellation(self) -> MemoryCancellation:
        return MemoryCancellation()

    @pytest.fixture
    def ask(self, cancellation: MemoryCancellation) -> Callable[[], object]:
        return cancellation.cancel

    def test_the_wish_can_come_at_a_chosen_check(self) -> None:
        cancellation = MemoryCancellation(cancel_at=3)
        cancellation.check()
        cancellation.check()
        with pytest.raises(Cancelled):
            cancellation.check()
        assert cancellation.checks == 3


class TestMemoryIdentifiers(IdentifiersContract):
    @pytest.fixture
    def identifiers(self) -> MemoryIdentifiers:
        return MemoryIdentifiers()

    def test_names_come_in_order(self) -> None:
        identifiers = MemoryIdentifiers("owner")
        assert [identifiers.new(), identifiers.new()] == ["owner-1", "owner-2"]


class TestMemoryProgress(ProgressContract):
    @pytest.fixture
    def progress(self) -> MemoryProgress:
        return MemoryProgress()

    def test_it_remembers_what_a_user_would_have_seen(self, progress: MemoryProgress) -> None:
        progress.stage("ingest")
        progress.advance(2, total=5, detail="page 1")
        progress.advance()
        progress.stage("docs", total=1)
        assert progress.stages == [
            StageShown(name="ingest", total=5, done=3, details=["page 1"]),
            StageShown(name="docs", total=1),
        ]


class TestMemoryWorkersOneByOne(WorkersContract):
    @pytest.fixture
    def workers(self) -> MemoryWorkers:
        return MemoryWorkers()

    def test_work_is_done_in_order(self, workers: MemoryWorkers) -> None:
        assert [each.item for each in workers.run(double, one_by_one(range(9)))] == list(range(9))


class TestMemoryWorkersInADrawnOrder(WorkersContract):
    @pytest.fixture
    def workers(self) -> MemoryWorkers:
        return MemoryWorkers(width=4, seed=1)

    def test_other_seeds_give_other_orders_and_the_same_seed_the_same(self) -> None:
        def order(seed: int) -> list[int]:
            return [each.item for each in MemoryWorkers(seed=seed).run(double, one_by_one(range(20)))]

        assert order(1) == order(1)
        assert len({tuple(order(seed)) for seed in range(10)}) == 10

    def test_a_result_may_be_handed_over_after_later_work_has_begun(self) -> None:
        begun: list[int] = []
        late = 0

        def work(number: int) -> int:
            begun.append(number)
            return number

        for each in MemoryWorkers(width=3, seed=5).run(work, one_by_one(range(50))):
            late += begun[-1] != each.item
        assert late > 5

    def test_no_more_than_its_width_is_under_way(self) -> None:
        taken = 0
        finished = 0
        under_way: list[int] = []

        def next_item() -> int | None:
            nonlocal taken
            under_way.append(taken - finished)
            taken += 1
            return taken if taken <= 40 else None

        for _ in MemoryWorkers(width=3, seed=2).run(double, next_item):
            finished += 1
        assert max(under_way[:40]) == 2


def test_a_process_has_a_host_and_a_number() -> None:
    process: ProcessIdentity = MemoryProcessIdentity(host="here", pid=7)
    assert (process.host, process.pid) == ("here", 7)
