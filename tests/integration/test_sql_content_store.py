"""The SQL store meets its port's contract."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.memory.clock import MemoryClock
from adapters.sql.content_store import SqlContentStore
from adapters.sql.store_figures import SqlStoreFigures
from application.ports.content_store import ContentStore
from application.ports.locks import Locks
from contracts.content.queues_contract import Quarantined
from contracts.content_store_contract import ContentStoreContract
from contracts.sql_scene import sql_locks


class TestSqlContentStore(ContentStoreContract):
    @pytest.fixture
    def locks(self, engine: Engine, tmp_path: Path) -> Locks:
        return sql_locks(engine, tmp_path)

    @pytest.fixture
    def store(self, engine: Engine) -> ContentStore:
        return SqlContentStore(engine, MemoryClock())

    @pytest.fixture
    def quarantined(self, engine: Engine) -> Quarantined:
        figures = SqlStoreFigures(engine)
        return lambda project_id: {one.project_id: one.quarantined for one in figures.projects()}[project_id]
