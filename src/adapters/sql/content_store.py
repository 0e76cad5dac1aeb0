"""The store's content in an SQL database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from adapters.sql.connections import for_writing
from adapters.sql.content.cursors import SqlCursors
from adapters.sql.content.dependents import SqlDependents
from adapters.sql.content.dirty_sources import SqlDirtySources
from adapters.sql.content.documents import SqlDocuments
from adapters.sql.content.entities import SqlEntities
from adapters.sql.content.jobs import SqlJobs
from adapters.sql.content.known import Known
from adapters.sql.content.people import People
from adapters.sql.content.projects import SqlProjects
from adapters.sql.content.quarantine import SqlQuarantine
from adapters.sql.content.references import References
from adapters.sql.content.set_states import SetStates
from adapters.sql.leases import check_lease
from application.ports.clock import Clock
from application.ports.locks import Lease


class SqlTransaction:
    """Port `Transaction`."""

    def __init__(self, connection: Connection) -> None:
        known = Known(connection)
        people, references, sets = People(known), References(known), SetStates(known)
        self.projects = SqlProjects(known)
        self.entities = SqlEntities(known, people, references, sets)
        self.dependents = SqlDependents(known, people, references, sets)
        self.jobs = SqlJobs(known)
        self.cursors = SqlCursors(known)
        self.dirty = SqlDirtySources(known)
        self.documents = SqlDocuments(known)
        self.quarantine = SqlQuarantine(known)


class SqlContentStore:
    """Port `ContentStore`."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._clock = clock

    @contextmanager
    def writing(self, lease: Lease) -> Iterator[SqlTransaction]:
        with self._writer.begin() as connection:
            check_lease(connection, lease, self._clock.now_ms())
            transaction = SqlTransaction(connection)
            yield transaction
            transaction.documents.settle()

    @contextmanager
    def reading(self) -> Iterator[SqlTransaction]:
        with self._engine.connect() as connection:  # its transaction is rolled back at the end
            yield SqlTransaction(connection)
