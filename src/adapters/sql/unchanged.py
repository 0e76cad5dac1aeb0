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


class Remembered(Generic[Key, Value]):
    """Small answers, read once for each connection and state of the store."""

    def __init__(self, read: Callable[[Connection, Key], Value]) -> None:
        self._read = read

    def of(self, connection: Connection, key: Key) -> Value:
        known: dict[Key, tuple[object, Value]] = connection.info.setdefault(self, {})
        state = state_of(connection)
        if key not in known or known[key][0] != state:
            known[key] = (state, self._read(connection, key))
        return known[key][1]
