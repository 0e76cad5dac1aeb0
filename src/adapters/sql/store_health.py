"""Whether the database is sound, by its own checks."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select

from adapters.sql.connections import engine_of
from adapters.sql.database import database_file
from adapters.sql.prepared import Prepared, Row
from adapters.sql.schema import app_locks
from adapters.sql.vectors.coverage import coverage_by_model
from application.ports.clock import Clock
from application.ports.liveness import Liveness
from application.ports.process_identity import ProcessIdentity
from application.ports.store_health import HeldLock, ModelCoverage

_MOST = 20
_LOCKS = Prepared(select(app_locks).order_by(app_locks.c.name))
_GAPS = """
SELECT (SELECT count(*) FROM documents WHERE id NOT IN (SELECT id FROM documents_fts_docsize))
     + (SELECT count(*) FROM documents_fts_docsize WHERE id NOT IN (SELECT id FROM documents))
"""


class SqlStoreHealth:
    """Port `StoreHealth`."""

    def __init__(
        self, url: str, *, liveness: Liveness, clock: Clock, process: ProcessIdentity, stale_lock_minutes: int
    ) -> None:
        self._url = url
        self._liveness = liveness
        self._clock = clock
        self._process = process
        self._stale_ms = stale_lock_minutes * 60_000

    def damage(self) -> tuple[str, ...]:
        with self._connected() as connection:
            said = [str(line) for line in connection.exec_driver_sql(f"PRAGMA quick_check({_MOST})").scalars()]
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_MOST)
        problems = [line for line in said if line != "ok"]
        problems += [f"{row[0]} row {row[1]} names a row of {row[2]} that is not there" for row in lost]
        return tuple(problems[:_MOST])

    def index_gaps(self) -> int:
        with self._connected() as connection:
            return int(connection.exec_driver_sql(_GAPS).scalar_one())

    def coverage(self) -> tuple[ModelCoverage, ...]:
        with self._connected() as connection:
            return coverage_by_model(connection)

    def locks(self) -> tuple[HeldLock, ...]:
        with self._connected() as connection:
            rows = list(_LOCKS.run(connection))
        return tuple(
            HeldLock(
                name=row.name,
                pid=row.pid,
                host=row.host,
                acquired_at=row.acquired_at,
                heartbeat_at=row.heartbeat_at,
                alive=self._is_alive(row),
            )
            for row in rows
        )

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """As the database is: looking at it neither makes nor upgrades it."""
        engine = engine_of(database_file(self._url))
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def _is_alive(self, row: Row) -> bool:
        if row.host == self._process.host:
            return self._liveness.is_alive(row.owner)
        return bool(self._clock.now_ms() - row.heartbeat_at <= self._stale_ms)
