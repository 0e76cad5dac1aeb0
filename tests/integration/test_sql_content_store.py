"""The SQL store meets its port's contract."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.locks.kernel_liveness import KernelLiveness
from adapters.memory.clock import MemoryClock
from adapters.sql.content_store import SqlContentStore
from adapters.sql.locks import SqlLocks
from adapters.sql.store_figures import SqlStoreFigures
from adapters.system.identifiers import UuidIdentifiers
from adapters.system.process_identity import SystemProcessIdentity
from application.ports.content_store import ContentStore
from application.ports.locks import Locks
from contracts.content.queues_contract import Quarantined
from contracts.content_store_contract import ContentStoreContract


class TestSqlContentStore(ContentStoreContract):
    @pytest.fixture
    def locks(self, engine: Engine, tmp_path: Path) -> Locks:
        return SqlLocks(
            engine,
            liveness=KernelLiveness(tmp_path / "locks"),
            clock=MemoryClock(),
            identifiers=UuidIdentifiers(),
            process=SystemProcessIdentity(),
        )

    @pytest.fixture
    def store(self, engine: Engine) -> ContentStore:
        return SqlContentStore(engine, MemoryClock())

    @pytest.fixture
    def quarantined(self, engine: Engine) -> Quarantined:
        figures = SqlStoreFigures(engine)
        return lambda project_id: {one.project_id: one.quarantined for one in figures.projects()}[project_id]
