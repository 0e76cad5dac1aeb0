"""The full-text index as SQLite keeps it: its own check, and making it anew from the texts it holds."""

import sqlite3

from sqlalchemy import Connection, Engine

from adapters.sql.connections import for_writing
from adapters.sql.soundness.any_bytes import driver_of

_MOST_DOCUMENTS = 300_000
_COUNT = "SELECT count(*) FROM documents"
_CHECK = "INSERT INTO documents_fts (documents_fts, rank) VALUES ('integrity-check', 0)"
_REBUILD = "INSERT INTO documents_fts (documents_fts) VALUES ('rebuild')"


def index_damage(engine: Engine) -> list[str]:
    """What SQLite's own check of the index says.

    It lets only a writer make it, at about 1 s for 100,000 documents: beyond three times as many, others would wait
    for longer than they do, and it is not made.
    """
    with for_writing(engine).begin() as connection:
        if int(connection.exec_driver_sql(_COUNT).scalar_one()) > _MOST_DOCUMENTS:
            return []
        try:
            driver_of(connection).execute(_CHECK)
        except sqlite3.DatabaseError as error:
            return [str(error)]
    return []


def rebuild_index(connection: Connection) -> None:
    connection.exec_driver_sql(_REBUILD)
