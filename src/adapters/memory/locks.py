"""App locks as rows in a dictionary, with the queues of those who wait."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from adapters.memory.identifiers import MemoryIdentifiers
from adapters.memory.liveness import MemoryLiveness
from application.ports.clock import Clock
from application.ports.locks import Lease
from domain.errors import LockLost, StoreLocked

POLL_MS = 100
"""How long one look at the queue is from the next."""

STALE_AFTER_MS = 10 * 60_000
"""A holder on another host is taken for gone after this long without a heartbeat (`stale_lock_minutes`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRow:
    """A row of `app_locks`."""

    owner: str
    pid: int
    host: str
    acquired_at: int
    heartbeat_at: int


class MemoryLocks:
    """Port `Locks`. Everybody who shares this object shares the locks; every `hold` is an owner of its own.

    A test plants the rows of others with `plant`, frees them with `free`, and has somebody come for a lock with
    `visitors`: each is called once by the holder's next `let_others_in`, while the lock is free.
    """

    def __init__(self, clock: Clock, liveness: MemoryLiveness, *, host: str = "", pid: int = 1) -> None:
        self._clock = clock
        self._liveness = liveness
        self._host = host
        self._pid = pid
        self._owners = MemoryIdentifiers("owner")
        self._guard = Lock()
        self._queues: defaultdict[str, list[str]] = defaultdict(list)
        self.rows: dict[str, LockRow] = {}
        self.visitors: defaultdict[str, list[Callable[[], object]]] = defaultdict(list)

    @contextmanager
    def hold(self, name: str, *, wait_ms: int) -> Iterator[Lease]:
        lease = MemoryLease(self, name, self._owners.new())
        with self._liveness.living(lease.owner):
            self._queue_up(lease, wait_ms)
            try:
                yield lease
            finally:
                self._release(lease)

    def has(self, lease: Lease) -> bool:
        """Whether the lock's row still has this owner."""
        row = self.rows.get(lease.name)
        return row is not None and row.owner == lease.owner

    def check(self, lease: Lease) -> None:
        """Raise `LockLost` unless the lock's row still has this owner."""
        if not self.has(lease):
            raise LockLost(f"The lock {lease.name!r} is somebody else's now.", details={"lock": lease.name})

    def waiting(self, name: str) -> int:
        """How many wait for the lock."""
        return len(self._queues[name]) + len(self.visitors[name])

    def let_others_in(self, lease: Lease) -> bool:
        self.check(lease)
        if not self.waiting(lease.name):
            return False
        self._release(lease)
        visitors, self.visitors[lease.name] = self.visitors[lease.name], []
        for visit in visitors:
            visit()
        self._queue_up(lease, None)
        return True

    def plant(
        self,
        name: str,
        *,
        alive: bool = True,
        pid: int = 4711,
        host: str | None = None,
        heartbeat_at: int | None = None,
    ) -> LockRow:
        """Somebody else has the lock now, whoever had it before."""
        now = self._clock.now_ms()
        row = LockRow(
            owner=self._owners.new(),
            pid=pid,
            host=self._host if host is None else host,
            acquired_at=now,
            heartbeat_at=now if heartbeat_at is None else heartbeat_at,
        )
        self.rows[name] = row
        if alive:
            self._liveness.start(row.owner)
        return row

    def free(self, name: str) -> None:
        """Whoever has the lock lets go of it."""
        self.rows.pop(name, None)

    def _queue_up(self, lease: Lease, wait_ms: int | None) -> None:
        """Wait for the lock behind those who came before, for ever where `wait_ms` is None."""
        queue = self._queues[lease.name]
        queue.append(lease.owner)
        begun = self._clock.monotonic_ms()
        try:
            while not self._take(lease):
                waited = self._clock.monotonic_ms() - begun
                if wait_ms is not None and waited >= wait_ms:
                    raise self._locked(lease.name)
                self._clock.sleep(POLL_MS if wait_ms is None else min(POLL_MS, wait_ms - waited))
        finally:
            queue.remove(lease.owner)

    def _take(self, lease: Lease) -> bool:
        with self._guard:
            row = self.rows.get(lease.name)
            if self._queues[lease.name][0] != lease.owner or (row is not None and not self._is_gone(row)):
                return False
            now = self._clock.now_ms()
            self.rows[lease.name] = LockRow(
                owner=lease.owner, pid=self._pid, host=self._host, acquired_at=now, heartbeat_at=now
            )
            return True

    def _release(self, lease: Lease) -> None:
        with self._guard:
            if self.has(lease):
                del self.rows[lease.name]

    def _is_gone(self, row: LockRow) -> bool:
        if row.host == self._host:
            return not self._liveness.is_alive(row.owner)
        return self._clock.now_ms() - row.heartbeat_at > STALE_AFTER_MS

    def _locked(self, name: str) -> StoreLocked:
        row = self.rows.get(name)
        if row is None:
            return StoreLocked(f"Others are waiting for the lock {name!r}.", details={"lock": name})
        since = datetime.fromtimestamp(row.acquired_at / 1000, UTC).isoformat(timespec="seconds")
        return StoreLocked(
            f"The lock {name!r} is held by process {row.pid} on {row.host or 'this host'} since {since}.",
            suggestion="Wait until it is done, or stop it.",
            details={
                "lock": name,
                "owner": row.owner,
                "pid": row.pid,
                "host": row.host,
                "acquired_at": row.acquired_at,
            },
        )


class MemoryLease:
    """Port `Lease`."""

    def __init__(self, locks: MemoryLocks, name: str, owner: str) -> None:
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
