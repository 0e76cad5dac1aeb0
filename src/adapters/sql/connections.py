"""Connections to a database file, set up alike, whose transactions begin as we say."""

import sqlite3
import time
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from adapters.sql.failures import translate_errors_of, translating

APPLICATION_ID = 0x6C6F7265
"""`lore` in ASCII: in a file's header it tells our databases from other programs' (PRAGMA application_id)."""

_BUSY_MS = 5_000
_RETRY_MS = 10
_PRAGMAS = (
    f"busy_timeout = {_BUSY_MS}",
    "foreign_keys = ON",
    "synchronous = NORMAL",
    "temp_store = MEMORY",
    "cache_size = -16000",
)


def engine_of(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True, max_overflow=64)
    translate_errors_of(engine, path)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # else sqlite3 begins on its own, late, and not before DDL
        with translating(path):
            if _is_ours_to_change(connection):
                _write_ahead(connection)
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def for_writing(engine: Engine) -> Engine:
    """The same engine, whose transactions wait for the write lock when they begin.

    A transaction that reads first and writes later is refused at once when another wrote in between, whatever the
    busy timeout.
    """
    return engine.execution_options(writing=True)


def _is_ours_to_change(connection: sqlite3.Connection) -> bool:
    """An empty database, or one of lore's; another program's is left as it is, and refused by its versions."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return not tables or application == APPLICATION_ID


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Change to WAL, once. The change needs the file for itself and does not always wait as the busy timeout says."""
    connection.execute("PRAGMA busy_timeout = 0")
    for attempts_left in range(_BUSY_MS // _RETRY_MS, -1, -1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not attempts_left:
                raise
            time.sleep(_RETRY_MS / 1000)
        else:
            return
