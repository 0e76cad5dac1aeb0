"""Locks as rows: the port's contract, and what only rows and several processes show."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from adapters.locks.kernel_liveness import KernelLiveness
from adapters.memory.clock import MemoryClock
from adapters.memory.process_identity import MemoryProcessIdentity
from adapters.sql.connections import for_writing
from adapters.sql.content_store import SqlContentStore
from adapters.sql.database import open_database
from adapters.sql.leases import HEARTBEAT_MS
from adapters.sql.locks import SqlLocks
from adapters.sql.schema import app_lock_waiters, app_locks
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UuidIdentifiers
from application.ports.clock import Clock
from application.ports.locks import STANDARD, SYNC
from contracts import builders
from contracts.locks_contract import LocksContract, LocksHouse, take_and_let_go
from contracts.store_processes import PROJECT, count_up, elsewhere, heard, liveness_beside, locks_on, register_project
from domain.errors import LockLost, StoreLocked
from domain.refs import EntityKind, SourceKey, SourceType


def locks_of(engine: Engine, liveness: KernelLiveness, clock: Clock, *, host: str = "here") -> SqlLocks:
    return SqlLocks(
        engine,
        liveness=liveness,
        clock=clock,
        identifiers=UuidIdentifiers(),
        process=MemoryProcessIdentity(host=host, pid=1),
    )


@pytest.fixture
def liveness(tmp_path: Path) -> KernelLiveness:
    return KernelLiveness(tmp_path / "locks")


@pytest.fixture
def clock() -> MemoryClock:
    return MemoryClock(builders.NOON)


class TestSqlLocks(LocksContract):
    @pytest.fixture
    def house(self, engine: Engine, liveness: KernelLiveness, clock: MemoryClock) -> Iterator[LocksHouse]:
        with ExitStack() as lives:

            def plant(name: str, *, pid: int, host: str, alive: bool) -> None:
                owner = f"owner-of-{name}"
                if alive:
                    lives.enter_context(liveness.living(owner))
                now = clock.now_ms()
                row = {"owner": owner, "pid": pid, "host": host, "acquired_at": now, "heartbeat_at": now}
                with for_writing(engine).begin() as connection:
                    connection.execute(delete(app_locks).where(app_locks.c.name == name))
                    connection.execute(insert(app_locks).values(name=name, **row))

            def free(name: str) -> None:
                with for_writing(engine).begin() as connection:
                    connection.execute(delete(app_locks).where(app_locks.c.name == name))

            def at_each_sleep(then: object) -> None:
                assert callable(then)
                clock.on_sleep = lambda _length: then()

            yield LocksHouse(
                locks=locks_of(engine, liveness, clock),
                plant=plant,
                free=free,
                advance=clock.advance,
                at_each_sleep=at_each_sleep,
                elapsed=clock.monotonic_ms,
            )


KEY = SourceKey(SourceType.ISSUE, 1)


def test_a_holder_from_another_host_is_shown_by_its_row(engine: Engine, liveness: KernelLiveness) -> None:
    clock = MemoryClock(builders.NOON)
    with locks_of(engine, liveness, clock, host="there").hold(SYNC, wait_ms=0), engine.connect() as connection:
        row = connection.execute(select(app_locks)).one()
    assert (row.name, row.host, row.pid) == (SYNC, "there", 1)
    assert (row.acquired_at, row.heartbeat_at) == (builders.NOON, builders.NOON)


def test_nothing_is_left_behind_by_a_lock_that_was_let_go(
    engine: Engine, liveness: KernelLiveness, clock: MemoryClock, tmp_path: Path
) -> None:
    locks = locks_of(engine, liveness, clock)
    with locks.hold(SYNC, wait_ms=0), pytest.raises(StoreLocked):
        take_and_let_go(locks, wait_ms=100)
    with engine.connect() as connection:
        assert connection.execute(select(app_locks)).all() == []
        assert connection.execute(select(app_lock_waiters)).all() == []
    assert list((tmp_path / "locks").iterdir()) == []


def queue_up(engine: Engine, owner: str, clock: Clock, *, host: str = "here") -> None:
    now = clock.now_ms()
    row = {"name": SYNC, "owner": owner, "pid": 2, "host": host, "queued_at": now, "heartbeat_at": now}
    with for_writing(engine).begin() as connection:
        connection.execute(insert(app_lock_waiters).values(**row))


@pytest.mark.requirement("sync:first-come-first-served")
def test_a_free_lock_is_for_those_who_came_first(engine: Engine, liveness: KernelLiveness, clock: MemoryClock) -> None:
    locks = locks_of(engine, liveness, clock)
    queue_up(engine, "early", clock)
    with liveness.living("early"), pytest.raises(StoreLocked) as refused:
        take_and_let_go(locks)
    assert "wanted by process 2" in refused.value.message
    take_and_let_go(locks)


def test_those_who_died_waiting_are_passed_and_forgotten(
    engine: Engine, liveness: KernelLiveness, clock: MemoryClock
) -> None:
    locks = locks_of(engine, liveness, clock)
    queue_up(engine, "dead", clock)
    queue_up(engine, "far away and silent", clock, host="there")
    clock.advance(11 * builders.MINUTE)
    with locks.hold(SYNC, wait_ms=0) as lease, engine.connect() as connection:
        assert connection.execute(select(app_lock_waiters)).all() == []
        connection.rollback()
        queue_up(engine, "dead", clock)
        assert not lease.let_others_in()


def test_one_who_waits_long_shows_other_hosts_that_it_is_still_there(
    engine: Engine, liveness: KernelLiveness, clock: MemoryClock
) -> None:
    locks, seen = locks_of(engine, liveness, clock), set()

    def look(_length: int) -> None:
        with engine.connect() as connection:
            seen.add(connection.execute(select(app_lock_waiters.c.heartbeat_at)).scalar_one())

    clock.on_sleep = look
    with locks.hold(SYNC, wait_ms=0), pytest.raises(StoreLocked):
        take_and_let_go(locks, wait_ms=25_000)
    assert sorted(at - builders.NOON for at in seen) == [0, 10_000, 20_000]


def test_one_whose_place_in_the_queue_was_taken_away_still_gets_its_turn(
    engine: Engine, liveness: KernelLiveness, clock: MemoryClock
) -> None:
    locks = locks_of(engine, liveness, clock)

    def take_away(_length: int) -> None:
        with for_writing(engine).begin() as connection:
            connection.execute(delete(app_lock_waiters))
            if clock.monotonic_ms() > 500:
                connection.execute(delete(app_locks))

    clock.on_sleep = take_away
    with locks.hold(SYNC, wait_ms=0):
        take_and_let_go(locks, wait_ms=builders.MINUTE)


def test_letting_others_in_without_the_lock_is_refused(
    engine: Engine, liveness: KernelLiveness, clock: MemoryClock
) -> None:
    with locks_of(engine, liveness, clock).hold(SYNC, wait_ms=0) as lease:
        with for_writing(engine).begin() as connection:
            connection.execute(update(app_locks).values(owner="thief"))
        queue_up(engine, "early", clock)
        with liveness.living("early"), pytest.raises(LockLost):
            lease.let_others_in()
    with engine.connect() as connection:
        assert connection.execute(select(app_locks.c.owner)).scalars().all() == ["thief"]
        assert connection.execute(select(app_lock_waiters.c.owner)).scalars().all() == ["early"]


@pytest.mark.requirement("sync:lost-lock-aborts")
def test_a_lock_lost_amid_a_sync_stops_its_next_transaction(
    engine: Engine, liveness: KernelLiveness, clock: MemoryClock
) -> None:
    store = SqlContentStore(engine, clock)
    with locks_of(engine, liveness, clock).hold(SYNC, wait_ms=0) as lease:
        with store.writing(lease) as transaction:
            transaction.dirty.mark([KEY], queued_at=1)
        with for_writing(engine).begin() as connection:
            connection.execute(update(app_locks).values(owner="thief"))
        with pytest.raises(LockLost), store.writing(lease) as transaction:
            transaction.dirty.mark([KEY], queued_at=2)
    with store.reading() as view:
        assert view.dirty.queued_at([KEY]) == {KEY: 1}


def test_a_transaction_renews_the_heartbeat_of_every_lock_its_process_holds(
    engine: Engine, liveness: KernelLiveness, clock: MemoryClock
) -> None:
    store, locks, seen = SqlContentStore(engine, clock), locks_of(engine, liveness, clock), []
    with locks.hold(STANDARD, wait_ms=0), locks.hold(SYNC, wait_ms=0) as lease:
        for _ in range(3):
            clock.advance(HEARTBEAT_MS // 2 + 1)
            with store.writing(lease):
                pass
            with engine.connect() as connection:
                beats = connection.execute(select(app_locks.c.heartbeat_at)).scalars()
                seen.append({beat - builders.NOON for beat in beats})
    assert seen == [{0}, {HEARTBEAT_MS + 2}, {HEARTBEAT_MS + 2}]


@pytest.mark.requirement("sync:dead-holder-is-taken-over-at-once")
def test_the_lock_of_a_killed_process_is_free_at_once(engine: Engine, database: Path) -> None:
    locks = locks_on(engine, database)
    with elsewhere("hold", database) as holder:
        with pytest.raises(StoreLocked) as refused:
            take_and_let_go(locks)
        holder.kill()
        holder.wait()
        take_and_let_go(locks)
    assert refused.value.details["pid"] == holder.pid


def test_the_lock_of_a_process_that_ended_well_is_free_at_once(engine: Engine, database: Path) -> None:
    with elsewhere("hold", database) as holder:
        holder.communicate()
        assert holder.returncode == 0
        take_and_let_go(locks_on(engine, database))


@pytest.mark.requirement("sync:hand-over")
def test_a_process_that_waits_is_let_in_by_the_holder(engine: Engine, database: Path) -> None:
    locks = locks_on(engine, database)
    with locks.hold(SYNC, wait_ms=0) as lease, elsewhere("wait", database) as visitor, ThreadPoolExecutor(1) as pool:

        def listen() -> str:
            word = heard(visitor)
            visitor.communicate()
            return word

        visit = pool.submit(listen)
        while not lease.let_others_in():
            assert not visit.done()
        assert visit.result() == "held"
        with pytest.raises(StoreLocked):
            take_and_let_go(locks)


@pytest.mark.requirement("sync:hand-over")
def test_a_visitor_that_is_killed_inside_gives_the_lock_back(engine: Engine, database: Path) -> None:
    locks = locks_on(engine, database)
    with locks.hold(SYNC, wait_ms=0) as lease, elsewhere("wait", database) as visitor, ThreadPoolExecutor(1) as pool:

        def kill_when_inside() -> None:
            heard(visitor)
            visitor.kill()
            visitor.wait()

        kill = pool.submit(kill_when_inside)
        while not lease.let_others_in():
            assert not kill.done()
        kill.result()
        assert liveness_beside(database).is_alive(lease.owner)


def test_processes_under_a_lock_do_not_come_between_one_another(database: Path) -> None:
    register_project(database)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(count_up, [database] * 2, [25] * 2))
    with open_database(f"sqlite:///{database}") as engine, SqlContentStore(engine, SystemClock()).reading() as view:
        assert view.cursors.get(PROJECT, EntityKind.ISSUE) == 50
