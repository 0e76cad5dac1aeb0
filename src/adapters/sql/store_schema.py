"""The schema's version, read without opening the store for good."""

from adapters.sql.connections import engine_of
from adapters.sql.database import database_file, is_there, open_database
from adapters.sql.versions import REVISIONS, revision_of
from application.ports.liveness import Liveness
from application.ports.store_schema import SchemaState


class SqlStoreSchema:
    """Port `StoreSchema`."""

    def __init__(self, url: str, liveness: Liveness) -> None:
        self._url = url
        self._liveness = liveness

    def state(self) -> SchemaState:
        return SchemaState(place=str(database_file(self._url)), current=self._current(), newest=REVISIONS[-1])

    def upgrade(self) -> None:
        with open_database(self._url, liveness=self._liveness):
            pass

    def _current(self) -> str | None:
        path = database_file(self._url)
        if not is_there(path):
            return None
        engine = engine_of(path)
        try:
            with engine.connect() as connection:
                return revision_of(connection, path)
        finally:
            engine.dispose()
