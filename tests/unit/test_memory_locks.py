"""The locks in memory: the port's promises, and the knobs of tests."""

from collections.abc import Callable

import pytest

from adapters.memory.clock import START, MemoryClock
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import POLL_MS, MemoryLocks
from application.ports.locks import SYNC
from contracts import builders
from contracts.locks_contract import LocksContract, LocksHouse
from domain.errors import LockLost, StoreLocked


@pytest.fixture
def clock() -> MemoryClock:
    return MemoryClock()


@pytest.fixture
def liveness() -> MemoryLiveness:
    return MemoryLiveness()


@pytest.fixture
def locks(clock: MemoryClock, liveness: MemoryLiveness) -> MemoryLocks:
    return MemoryLocks(clock, liveness, host="here", pid=42)


class TestMemoryLocks(LocksContract):
    @pytest.fixture
    def house(self) -> LocksHouse:
        clock, liveness = MemoryClock(builders.NOON), MemoryLiveness()
        locks = MemoryLocks(clock, liveness, host="here")

        def at_each_sleep(act: Callable[[], object]) -> None:
            clock.on_sleep = lambda _: act()

        return LocksHouse(
            locks=locks,
            plant=locks.plant,
            free=locks.free,
            advance=clock.advance,
            at_each_sleep=at_each_sleep,
            elapsed=clock.monotonic_ms,
        )


def test_a_lock_is_a_row_while_it_is_held(locks: MemoryLocks) -> None:
    with locks.hold(SYNC, wait_ms=0) as lease:
        row = locks.rows[SYNC]
        assert (lease.name, lease.owner) == (SYNC, row.owner)
        assert (row.pid, row.host, row.acquired_at) == (42, "here", START)
    assert locks.rows == {}


def test_a_wait_times_out_and_names_the_holder(locks: MemoryLocks, clock: MemoryClock) -> None:
    row = locks.plant(SYNC, pid=815)
    clock.advance(90_000)
    with pytest.raises(StoreLocked) as caught, locks.hold(SYNC, wait_ms=1_050):
        pass
    assert clock.monotonic_ms() == 91_050
    assert "815" in caught.value.message
    assert "2026-01-01T00:00:00+00:00" in caught.value.message
    assert caught.value.details["owner"] == row.owner
    assert locks.waiting(SYNC) == 0


def test_a_lock_that_was_taken_over_is_lost_and_not_released(locks: MemoryLocks) -> None:
    with locks.hold(SYNC, wait_ms=0) as lease:
        other = locks.plant(SYNC)
        assert not locks.has(lease)
        with pytest.raises(LockLost):
            locks.check(lease)
        with pytest.raises(LockLost):
            lease.let_others_in()
    assert locks.rows[SYNC] == other


def test_visitors_are_let_in_one_after_the_other_and_the_holder_goes_on(locks: MemoryLocks) -> None:
    visits: list[str] = []

    def visit() -> None:
        with locks.hold(SYNC, wait_ms=0) as lease:
            visits.append(lease.owner)

    with locks.hold(SYNC, wait_ms=0) as lease:
        locks.visitors[SYNC] += [visit, visit]
        assert locks.waiting(SYNC) == 2
        assert lease.let_others_in() is True
        assert locks.has(lease)
        assert lease.let_others_in() is False
    assert len(set(visits)) == 2


def test_a_visitor_that_leaves_somebody_in_makes_the_holder_wait(locks: MemoryLocks, clock: MemoryClock) -> None:
    clock.on_sleep = lambda _: locks.free(SYNC)
    with locks.hold(SYNC, wait_ms=0) as lease:
        locks.visitors[SYNC].append(lambda: locks.plant(SYNC))
        assert lease.let_others_in() is True
        assert clock.monotonic_ms() == POLL_MS
        assert locks.has(lease)


def test_while_others_queue_a_free_lock_is_not_taken(locks: MemoryLocks, clock: MemoryClock) -> None:
    came: list[str] = []

    def come_second(_: int) -> None:
        clock.on_sleep = None
        locks.free(SYNC)
        with pytest.raises(StoreLocked, match="Others are waiting"), locks.hold(SYNC, wait_ms=0):
            came.append("second")

    locks.plant(SYNC)
    clock.on_sleep = come_second
    with locks.hold(SYNC, wait_ms=1_000):
        came.append("first")
    assert came == ["first"]
