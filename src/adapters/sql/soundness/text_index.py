"""The full-text indexes as SQLite keeps them: its own check, and making them anew from the texts they hold."""

import sqlite3

from sqlalchemy import Connection, Engine

from adapters.sql.connections import for_writing
from adapters.sql.soundness.any_bytes import driver_of

_INDEXES = ("documents_fts", "items_fts")
_MOST_DOCUMENTS = 300_000
_COUNT = "SELECT count(*) FROM documents"
_CHECK = "INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 0)"
_REBUILD = "INSERT INTO {index} ({index}) VALUES ('rebuild')"


def index_damage(engine: Engine) -> list[str]:
    """What SQLite's own check of the indexes says.

    It lets only a writer make it, at about 1 s for 100,000 documents: beyond three times as many, others would wait
    for longer than they do, and it is not made.
    """
    with for_writing(engine).begin() as connection:
        if int(connection.exec_driver_sql(_COUNT).scalar_one()) > _MOST_DOCUMENTS:
            return []
        return [said for index in _INDEXES for said in _damage_of(connection, index)]


def _damage_of(connection: Connection, index: str) -> list[str]:
    try:
        driver_of(connection).execute(_CHECK.format(index=index))
    except sqlite3.DatabaseError as error:
        return [f"{index}: {error}"]
    return []


def rebuild_indexes(connection: Connection) -> None:
    for index in _INDEXES:
        connection.exec_driver_sql(_REBUILD.format(index=index))
