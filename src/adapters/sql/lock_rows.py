"""`app_locks` and `app_lock_waiters`: who holds a lock, and who waits for it in which order."""

from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from adapters.sql.failures import translating
from adapters.sql.prepared import Prepared, Row
from adapters.sql.schema import app_lock_waiters, app_locks

_LOCK = app_locks.c.name == bindparam("lock")
_OWNER = app_locks.c.owner == bindparam("me")
_HOLDER = Prepared(select(app_locks).where(_LOCK))
_TAKE = upsert(app_locks)
_TAKE_IT = Prepared(
    _TAKE.on_conflict_do_update(
        index_elements=["name"],
        set_={name: _TAKE.excluded[name] for name in ("owner", "pid", "host", "acquired_at", "heartbeat_at")},
    ),
    columns=("name", "owner", "pid", "host", "acquired_at", "heartbeat_at"),
)
_LET_GO = Prepared(delete(app_locks).where(_LOCK, _OWNER))
_QUEUE = Prepared(
    insert(app_lock_waiters).returning(app_lock_waiters.c.ticket),
    columns=("name", "owner", "pid", "host", "queued_at", "heartbeat_at"),
)
_WAITERS = Prepared(
    select(app_lock_waiters).where(app_lock_waiters.c.name == bindparam("lock")).order_by(app_lock_waiters.c.ticket)
)
_SOMEBODY = "SELECT 1 FROM app_lock_waiters WHERE name = ? LIMIT 1"
_TICKET = app_lock_waiters.c.ticket == bindparam("number")
_LEAVE = Prepared(delete(app_lock_waiters).where(_TICKET))
_STILL_HERE = Prepared(update(app_lock_waiters).where(_TICKET).values(heartbeat_at=bindparam("now")))


def holder(connection: Connection, lock: str) -> Row | None:
    return _HOLDER.run(connection, lock=lock).first()


def take(connection: Connection, lock: str, me: dict[str, object], now: int) -> None:
    """Whoever had it before."""
    _TAKE_IT.run(connection, name=lock, acquired_at=now, heartbeat_at=now, **me)


def let_go(connection: Connection, lock: str, owner: str) -> bool:
    """False: it was somebody else's already."""
    return _LET_GO.run(connection, lock=lock, me=owner).rowcount == 1


def waiters(connection: Connection, lock: str) -> list[Row]:
    """First come, first."""
    return list(_WAITERS.run(connection, lock=lock))


def anybody_waits(engine: Engine, lock: str) -> bool:
    """Asked after every transaction of a sync, so without one of its own: 20 us instead of 160."""
    connection = engine.raw_connection()
    try:
        with translating(Path(str(engine.url.database))):
            cursor = connection.cursor()
            cursor.execute(_SOMEBODY, (lock,))
            return cursor.fetchone() is not None
    finally:
        connection.close()


def queue_up(connection: Connection, lock: str, me: dict[str, object], now: int) -> int:
    """The number of the ticket: higher than all before."""
    return int(_QUEUE.run(connection, name=lock, queued_at=now, heartbeat_at=now, **me).scalar())


def leave(connection: Connection, ticket: int) -> None:
    _LEAVE.run(connection, number=ticket)


def is_still_here(connection: Connection, ticket: int, now: int) -> None:
    _STILL_HERE.run(connection, number=ticket, now=now)
