"""App locks as rows, each with a queue of those who wait (sync.md section 5)."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from adapters.sql import lock_rows
from adapters.sql.connections import for_writing
from adapters.sql.prepared import Row
from application.ports.clock import Clock
from application.ports.identifiers import Identifiers
from application.ports.liveness import Liveness
from application.ports.process_identity import ProcessIdentity
from domain.errors import LockLost, LoreError, StoreLocked

POLL_MS = 20
"""How long one look at the queue is from the next."""

HEARTBEAT_MS = 10_000
"""Those who wait show other hosts that they are still there."""


class SqlLocks:
    """Port `Locks`.

    Every decision is made inside one BEGIN IMMEDIATE, in which nobody else decides. Who is gone is told by `liveness`
    for owners on this host, and by the heartbeat for those on others.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        liveness: Liveness,
        clock: Clock,
        identifiers: Identifiers,
        process: ProcessIdentity,
        stale_lock_minutes: int = 10,
    ) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._liveness = liveness
        self._clock = clock
        self._identifiers = identifiers
        self._process = process
        self._stale_ms = stale_lock_minutes * 60_000

    @contextmanager
    def hold(self, name: str, *, wait_ms: int) -> Iterator["SqlLease"]:
        owner = self._identifiers.new()
        with self._liveness.living(owner):
            lease = SqlLease(self, name, owner)
            self._acquire(lease, wait_ms)
            try:
                yield lease
            finally:
                self._release(lease)

    def let_others_in(self, lease: "SqlLease") -> bool:
        """See `Lease.let_others_in`. Raises `LockLost` where the lock was somebody else's already."""
        if not lock_rows.anybody_waits(self._engine, lease.name) or not self._somebody_living_waits(lease.name):
            return False
        with self._writer.begin() as connection:
            ticket = lock_rows.queue_up(connection, lease.name, self._me(lease), self._clock.now_ms())
            if not lock_rows.let_go(connection, lease.name, lease.owner):
                raise LockLost(
                    f"The lock {lease.name!r} has another owner now.",
                    suggestion="Run the command again.",
                    details={"lock": lease.name},
                )
        self._wait(lease, ticket, None)
        return True

    def _acquire(self, lease: "SqlLease", wait_ms: int) -> None:
        with self._writer.begin() as connection:
            ticket = lock_rows.queue_up(connection, lease.name, self._me(lease), self._clock.now_ms())
            if self._take(connection, lease, ticket):
                return
        self._wait(lease, ticket, wait_ms)

    def _wait(self, lease: "SqlLease", ticket: int, wait_ms: int | None) -> None:
        """Until it is this ticket's turn; for ever where `wait_ms` is None."""
        begun = self._clock.monotonic_ms()
        try:
            while not self._try(lease, ticket):
                self._sleep_or_give_up(lease, self._clock.monotonic_ms() - begun, wait_ms)
        except BaseException:
            with suppress(StoreLocked), self._writer.begin() as connection:  # it ends with its owner anyway
                lock_rows.leave(connection, ticket)
            raise

    def _sleep_or_give_up(self, lease: "SqlLease", waited: int, wait_ms: int | None) -> None:
        if wait_ms is not None and waited >= wait_ms:
            raise self._locked(lease.name, waited)
        self._clock.sleep(POLL_MS if wait_ms is None else min(POLL_MS, wait_ms - waited))

    def _try(self, lease: "SqlLease", ticket: int) -> bool:
        """Look without the write lock first: the holder needs it."""
        with self._engine.connect() as connection:
            mine = next((row for row in lock_rows.waiters(connection, lease.name) if row.ticket == ticket), None)
            is_turn = self._is_turn(connection, lease.name, ticket)
        now = self._clock.now_ms()
        if mine is None or is_turn or now - mine.heartbeat_at >= HEARTBEAT_MS:
            with self._writer.begin() as connection:
                lock_rows.is_still_here(connection, ticket, now)
                return self._take(connection, lease, ticket)
        return False

    def _take(self, connection: Connection, lease: "SqlLease", ticket: int) -> bool:
        if not self._is_turn(connection, lease.name, ticket):
            return False
        for row in lock_rows.waiters(connection, lease.name):
            if row.ticket <= ticket:  # those before are gone for good
                lock_rows.leave(connection, row.ticket)
        lock_rows.take(connection, lease.name, self._me(lease), self._clock.now_ms())
        return True

    def _is_turn(self, connection: Connection, name: str, ticket: int) -> bool:
        held = lock_rows.holder(connection, name)
        if held is not None and not self._is_gone(held):
            return False
        before = [row for row in lock_rows.waiters(connection, name) if row.ticket < ticket]
        return self._first_living(before) is None

    def _first_living(self, rows: list[Row]) -> Row | None:
        return next((row for row in rows if not self._is_gone(row)), None)

    def _is_gone(self, row: Row) -> bool:
        if row.host == self._process.host:
            return not self._liveness.is_alive(row.owner)
        return bool(self._clock.now_ms() - row.heartbeat_at > self._stale_ms)

    def _release(self, lease: "SqlLease") -> None:
        with suppress(LoreError), self._writer.begin() as connection:  # else its end of life frees it
            lock_rows.let_go(connection, lease.name, lease.owner)

    def _me(self, lease: "SqlLease") -> dict[str, object]:
        return {"owner": lease.owner, "pid": self._process.pid, "host": self._process.host}

    def _somebody_living_waits(self, name: str) -> bool:
        with self._engine.connect() as connection:
            return self._first_living(lock_rows.waiters(connection, name)) is not None

    def _locked(self, name: str, waited_ms: int) -> StoreLocked:
        with self._engine.connect() as connection:
            held = lock_rows.holder(connection, name)
            row = held or self._first_living(lock_rows.waiters(connection, name))
        if row is None:
            return StoreLocked(f"The lock {name!r} was not free in time.", details={"lock": name})
        since = int(row.acquired_at if held is not None else row.queued_at)
        shown = datetime.fromtimestamp(since / 1000, UTC).isoformat(timespec="seconds")
        return StoreLocked(
            f"The lock {name!r} is {'held' if held is not None else 'wanted'} by process {row.pid} on {row.host} "
            f"since {shown}.",
            suggestion="Wait until it has finished, or stop it.",
            actions=("lore sync-runs --state running",),
            details={
                "lock": name,
                "owner": row.owner,
                "pid": row.pid,
                "host": row.host,
                "since": since,
                "waited_ms": waited_ms,
            },
        )


class SqlLease:
    """Port `Lease`."""

    def __init__(self, locks: SqlLocks, name: str, owner: str) -> None:
        self._locks = locks
        self._name = name
        self._owner = owner

    @property
    def name(self) -> str:
        return self._name

    @property
    def owner(self) -> str:
        return self._owner

    def let_others_in(self) -> bool:
        return self._locks.let_others_in(self)
