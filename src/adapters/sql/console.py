"""SQL from a user, on a connection of its own that cannot write: read-only file, `query_only`, and an authorizer."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from adapters.sql.database import is_there
from adapters.sql.failures import translated
from application.ports.sql_console import SqlAnswer, SqlValue
from domain.errors import NotFound, StoreError, UsageError

_STEPS_BETWEEN_LOOKS = 10_000
"""Instructions of SQLite's machine: some tenths of a millisecond."""
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_PRAGMAS = {
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "foreign_key_list",
    "compile_options",
}
_FORBIDDEN_FUNCTIONS = {"load_extension", "fts3_tokenizer", "writefile", "readfile", "edit"}
_INTERNAL = "data_version"
"""FTS5 asks for this pragma whenever it is read."""


class SqliteConsole:
    """Port `SqlConsole`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def run(self, query: str, *, limit: int | None, timeout_ms: int) -> SqlAnswer:
        deadline = time.monotonic() + timeout_ms / 1000
        with self._connected() as connection:
            connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
            try:
                return _answer(connection.execute(query), limit)
            except sqlite3.Error as error:
                raise self._told(error, timeout_ms) from error
            except (sqlite3.Warning, UnicodeEncodeError) as error:
                raise UsageError(f"The query cannot be run: {error}") from error

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        if not is_there(self._path):
            raise NotFound(
                "There is no store yet.", suggestion="The first `lore sync` makes it.", actions=["lore sync"]
            )
        try:
            connection = sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        except sqlite3.Error as error:
            raise translated(error, self._path) or error from error
        try:
            connection.execute("PRAGMA query_only = ON")
            with suppress(sqlite3.Error):  # it declares its columns when first used, which the authorizer would refuse
                connection.execute("SELECT 1 FROM documents_fts WHERE rowid = 0").fetchall()
            connection.text_factory = _text
            connection.set_authorizer(_authorize)
            yield connection
        finally:
            connection.close()

    def _told(self, error: sqlite3.Error, timeout_ms: int) -> Exception:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            return StoreError(
                f"The query took longer than {timeout_ms / 1000:g} s.",
                suggestion="Narrow it, or give it more time with --timeout.",
            )
        if code in {sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY} or "not authorized" in str(error):
            return UsageError(
                f"The store can only be read by SQL: {error}.",
                suggestion="Ask with SELECT.",
                actions=['lore sql "SELECT name FROM sqlite_schema"'],
            )
        if code in {0, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_RANGE}:
            return UsageError(
                f"The query cannot be run: {str(error).rstrip('.')}.",
                actions=['lore sql "SELECT sql FROM sqlite_schema"'],
            )
        return translated(error, self._path) or error


def _authorize(action: int, first: str | None, second: str | None, _database: str | None, _inside: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA:
        harmless = first in _PRAGMAS or (first == _INTERNAL and second is None)
        return sqlite3.SQLITE_OK if harmless else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _answer(cursor: sqlite3.Cursor, limit: int | None) -> SqlAnswer:
    rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
    shown = rows if limit is None else rows[:limit]
    return SqlAnswer(
        columns=tuple(column[0] for column in cursor.description or ()),
        rows=tuple(tuple(_value(value) for value in row) for row in shown),
        truncated=len(shown) < len(rows),
    )


def _value(value: Any) -> SqlValue:
    if isinstance(value, bytes):
        return f"X'{value.hex().upper()}'"
    if isinstance(value, float) and value - value != 0:  # an infinity, which JSON does not know
        return str(value)
    found: SqlValue = value
    return found


def _text(stored: bytes) -> str:
    return stored.decode(errors="replace")
