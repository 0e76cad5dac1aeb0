"""What was read of a store counts for a connection for as long as it sees no commit, another's or its own."""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def state_of(connection: Connection) -> tuple[Any, int]:
    """Another one after every change. The pragma begins the reading, so it tells of what is read then."""
    version = connection.exec_driver_sql("PRAGMA data_version").scalar()
    driver: Any = connection.connection.driver_connection
    return version, driver.total_changes


_MOST = 4
"""So many answers of one kind are kept for a connection, the newest."""


class Remembered(Generic[Key, Value]):
    """Answers that are read once for each connection and state of the store."""

    def __init__(self, read: Callable[[Connection, Key], Value]) -> None:
        self._read = read

    def of(self, connection: Connection, key: Key) -> Value:
        known = self._known(connection)
        if key not in known:
            known[key] = self._read(connection, key)
            if len(known) > _MOST:
                del known[next(iter(known))]
        return known[key]

    def has(self, connection: Connection, key: Key) -> bool:
        return key in self._known(connection)

    def _known(self, connection: Connection) -> dict[Key, Value]:
        """What still counts."""
        state = state_of(connection)
        seen, known = connection.info.get(self, (None, None))
        fresh: dict[Key, Value] = known if seen == state else {}
        connection.info[self] = state, fresh
        return fresh
