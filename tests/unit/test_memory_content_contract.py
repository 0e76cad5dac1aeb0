"""The store in memory keeps the promises of the port."""

import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from adapters.memory.reading.store_figures import MemoryStoreFigures
from application.ports.content_store import ContentStore
from application.ports.locks import Locks
from contracts.content.queues_contract import Quarantined
from contracts.content_store_contract import ContentStoreContract


class TestMemoryContentStore(ContentStoreContract):
    @pytest.fixture
    def locks(self) -> Locks:
        return MemoryLocks(MemoryClock(), MemoryLiveness())

    @pytest.fixture
    def store(self, locks: Locks) -> ContentStore:
        assert isinstance(locks, MemoryLocks)
        return MemoryContentStore(locks)

    @pytest.fixture
    def quarantined(self, store: ContentStore) -> Quarantined:
        assert isinstance(store, MemoryContentStore)
        figures = MemoryStoreFigures(store)
        return lambda project_id: {one.project_id: one.quarantined for one in figures.projects()}[project_id]
