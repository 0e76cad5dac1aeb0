"""Looking at the rows of an SQL store, and writing to it without its locks."""

from typing import Any

from sqlalchemy import Engine, select

from adapters.sql.connections import for_writing
from adapters.sql.schema import app_locks

OWNER = "test"


class UndisputedLease:
    """Of a lock that nobody wants."""

    name = "sync"
    owner = OWNER

    def let_others_in(self) -> bool:
        return False


def undisputed_lease(engine: Engine) -> UndisputedLease:
    """The `sync` lock, taken by its row alone."""
    row = {"name": "sync", "owner": OWNER, "pid": 1, "host": "here", "acquired_at": 0, "heartbeat_at": 0}
    with for_writing(engine).begin() as connection:
        connection.execute(app_locks.insert().values(**row))
    return UndisputedLease()


def all_rows(engine: Engine, *columns: Any) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]
