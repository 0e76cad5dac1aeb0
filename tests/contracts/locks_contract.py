"""What every `Locks` promises, as far as one thread can see."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import pytest

from application.ports.locks import EMBED, SYNC, Lease, Locks
from contracts import builders
from domain.errors import StoreLocked


class Plant(Protocol):
    def __call__(self, name: str, *, pid: int, host: str, alive: bool) -> object:
        """Somebody else takes the lock now, with a heartbeat of now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LocksHouse:
    """New locks on the host `here`, whose clock stands at `builders.NOON` until somebody sleeps or it is moved."""

    locks: Locks
    plant: Plant
    free: Callable[[str], object]
    """Whoever has the lock lets go of it."""
    advance: Callable[[int], object]
    at_each_sleep: Callable[[Callable[[], object]], object]
    """Has something done whenever somebody sleeps."""
    elapsed: Callable[[], int]
    """Milliseconds that have passed."""


def take_and_let_go(locks: Locks, name: str = SYNC, *, wait_ms: int = 0) -> Lease:
    with locks.hold(name, wait_ms=wait_ms) as lease:
        return lease


class LocksContract(ABC):
    @pytest.fixture
    @abstractmethod
    def house(self) -> LocksHouse | Iterator[LocksHouse]: ...

    @pytest.fixture
    def locks(self, house: LocksHouse) -> Locks:
        return house.locks

    def test_a_lease_says_which_lock_it_is_and_whose(self, locks: Locks) -> None:
        first, second = take_and_let_go(locks), take_and_let_go(locks)
        assert first.name == SYNC
        assert first.owner != second.owner

    def test_a_lock_is_re_entrant_for_nobody(self, locks: Locks) -> None:
        with locks.hold(SYNC, wait_ms=0), pytest.raises(StoreLocked):
            take_and_let_go(locks)

    @pytest.mark.requirement("surgical:C14")
    def test_a_lock_is_free_again_however_its_block_ends(self, locks: Locks) -> None:
        with pytest.raises(ZeroDivisionError), locks.hold(SYNC, wait_ms=0):
            raise ZeroDivisionError
        take_and_let_go(locks)

    @pytest.mark.requirement("surgical:C11")
    def test_two_names_are_two_locks(self, locks: Locks) -> None:
        with locks.hold(SYNC, wait_ms=0), locks.hold(EMBED, wait_ms=0):
            pass

    @pytest.mark.requirement("sync:lock-wait-names-the-holder")
    def test_a_wait_ends_and_names_the_holder(self, house: LocksHouse) -> None:
        house.plant(SYNC, pid=4711, host="here", alive=True)
        with pytest.raises(StoreLocked) as refused:
            take_and_let_go(house.locks, wait_ms=2_000)
        assert house.elapsed() == 2_000
        assert "4711" in refused.value.message
        assert "2026-01-01T12:00:00" in refused.value.message
        assert {"pid": 4711, "host": "here", "lock": SYNC}.items() <= refused.value.details.items()

    def test_without_a_wait_it_is_refused_at_once(self, house: LocksHouse) -> None:
        house.plant(SYNC, pid=4711, host="here", alive=True)
        with pytest.raises(StoreLocked):
            take_and_let_go(house.locks, wait_ms=0)
        assert house.elapsed() == 0

    def test_a_wait_ends_when_the_lock_becomes_free(self, house: LocksHouse) -> None:
        house.plant(SYNC, pid=4711, host="here", alive=True)
        house.at_each_sleep(lambda: house.elapsed() >= 400 and house.free(SYNC))
        take_and_let_go(house.locks, wait_ms=60_000)
        assert 400 <= house.elapsed() < 1_000

    @pytest.mark.requirement("sync:dead-holder-is-taken-over-at-once")
    def test_a_holder_on_this_host_that_is_gone_is_taken_over_at_once(self, house: LocksHouse) -> None:
        house.plant(SYNC, pid=4711, host="here", alive=False)
        take_and_let_go(house.locks, wait_ms=0)
        assert house.elapsed() == 0

    def test_a_living_holder_is_never_taken_over_however_old_its_heartbeat(self, house: LocksHouse) -> None:
        house.plant(SYNC, pid=4711, host="here", alive=True)
        house.advance(builders.DAY)
        with pytest.raises(StoreLocked):
            take_and_let_go(house.locks, wait_ms=0)

    @pytest.mark.requirement("sync:stale-lock-across-hosts")
    def test_a_holder_on_another_host_is_taken_over_after_ten_minutes_without_heartbeat(
        self, house: LocksHouse
    ) -> None:
        house.plant(SYNC, pid=4711, host="there", alive=False)
        house.advance(10 * builders.MINUTE)
        with pytest.raises(StoreLocked):
            take_and_let_go(house.locks, wait_ms=0)
        house.advance(1)
        take_and_let_go(house.locks, wait_ms=0)

    @pytest.mark.requirement("sync:lost-lock-aborts")
    def test_a_lock_that_was_taken_over_is_not_released_by_its_former_holder(self, house: LocksHouse) -> None:
        with house.locks.hold(SYNC, wait_ms=0):
            house.plant(SYNC, pid=4711, host="here", alive=True)
        with pytest.raises(StoreLocked):
            take_and_let_go(house.locks, wait_ms=0)

    def test_with_nobody_waiting_the_lock_is_kept(self, house: LocksHouse) -> None:
        with house.locks.hold(SYNC, wait_ms=0) as lease:
            assert not lease.let_others_in()
            with pytest.raises(StoreLocked):
                take_and_let_go(house.locks, wait_ms=0)
            assert not lease.let_others_in()

    @pytest.mark.requirement("sync:hand-over")
    def test_whoever_waits_is_let_in_and_the_holder_goes_on_afterwards(self, locks: Locks) -> None:
        inside: list[str] = []

        def visit() -> None:
            with locks.hold(SYNC, wait_ms=builders.DAY):
                inside.append("visitor")

        with locks.hold(SYNC, wait_ms=0) as holder, ThreadPoolExecutor(1) as pool:
            visitor = pool.submit(visit)
            while not holder.let_others_in():
                assert not inside
            visitor.result()
            assert inside == ["visitor"]
            with pytest.raises(StoreLocked):
                take_and_let_go(locks, wait_ms=0)
