"""Which schema a database has, and how it gets this program's."""

from pathlib import Path

from sqlalchemy import Connection, Engine

from adapters.sql.connections import APPLICATION_ID, for_writing
from adapters.sql.failures import no_database
from application.ports.liveness import Liveness
from application.ports.locks import SYNC
from domain.errors import LoreError, MigrationFailed, StoreError, StoreLocked

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
"""Oldest first; the last one is what `schema` describes."""


def bring_up_to_date(engine: Engine, path: Path, liveness: Liveness | None) -> None:
    """Run the missing migrations, each in one transaction; processes that start together take turns."""
    with engine.connect() as connection:
        revision = revision_of(connection, path)
    while revision != REVISIONS[-1]:
        with for_writing(engine).begin() as connection:
            revision = revision_of(connection, path)  # another process may have been faster
            if revision != REVISIONS[-1]:
                _refuse_under_a_sync(connection, revision, liveness)
                revision = _next(connection, revision)


def revision_of(connection: Connection, path: Path) -> str | None:
    """The schema's revision, None for an empty file. Raises `StoreError` for a file that is not ours, or newer."""
    tables = connection.exec_driver_sql("SELECT count(*), sum(name = 'alembic_version') FROM sqlite_master").one()
    if not tables[0]:
        return None
    if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID or not tables[1]:
        raise no_database(path, {"path": str(path)})
    revision = str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())
    if revision not in REVISIONS:
        raise StoreError(
            f"The database {path} is newer than this program: its schema is {revision}, known are {REVISIONS[-1]} "
            "and older.",
            suggestion="Upgrade lore, or choose another database.",
            details={"path": str(path), "schema": revision},
        )
    return revision


def _refuse_under_a_sync(connection: Connection, revision: str | None, liveness: Liveness | None) -> None:
    if revision is None or liveness is None:
        return
    row = connection.exec_driver_sql("SELECT owner, pid, host FROM app_locks WHERE name = ?", (SYNC,)).first()
    if row is not None and liveness.is_alive(row.owner):
        raise StoreLocked(
            f"The database has to be upgraded, but a sync is running on it (pid {row.pid} on {row.host}).",
            suggestion="Run the command again when the sync has finished.",
            details={"holder": row.owner, "pid": row.pid, "host": row.host},
        )


def _next(connection: Connection, revision: str | None) -> str:
    from adapters.sql.migrations.upgrading import upgrade  # noqa: PLC0415  # alembic costs 335 ms, once an upgrade

    following = REVISIONS[0 if revision is None else REVISIONS.index(revision) + 1]
    try:
        upgrade(connection, following)
    except LoreError:
        raise
    except Exception as error:
        raise MigrationFailed(
            f"The database could not be brought to schema {following}: {error}",
            suggestion="It is as it was before. Please report this, with the message.",
            details={"schema": following},
        ) from error
    return following
