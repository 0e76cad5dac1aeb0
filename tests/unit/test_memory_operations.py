"""The ports of the operations in memory."""

import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.document_sources import MemoryDocumentSources
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from adapters.memory.project_registry import MemoryProjectRegistry
from adapters.memory.store_health import MemoryStoreHealth
from adapters.memory.store_schema import MemoryStoreSchema
from application.ports.document_sources import DocumentSources
from application.ports.project_registry import ProjectRegistry
from application.ports.store_health import StoreHealth
from application.ports.store_schema import StoreSchema
from contracts.content.opened_store import OpenedStore
from contracts.project_registry_contract import DocumentSourcesContract, ProjectRegistryContract
from contracts.store_schema_contract import StoreHealthContract, StoreSchemaContract


class InMemory(OpenedStore):
    @pytest.fixture
    def locks(self) -> MemoryLocks:
        return MemoryLocks(MemoryClock(), MemoryLiveness())

    @pytest.fixture
    def store(self, locks: MemoryLocks) -> MemoryContentStore:
        return MemoryContentStore(locks)


class TestMemoryProjectRegistry(InMemory, ProjectRegistryContract):
    @pytest.fixture
    def registry(self, store: MemoryContentStore, locks: MemoryLocks) -> ProjectRegistry:
        return MemoryProjectRegistry(store, locks)


class TestMemoryDocumentSources(InMemory, DocumentSourcesContract):
    @pytest.fixture
    def sources(self, store: MemoryContentStore) -> DocumentSources:
        return MemoryDocumentSources(store)


class TestMemoryStoreSchema(StoreSchemaContract):
    @pytest.fixture
    def schema(self) -> StoreSchema:
        return MemoryStoreSchema()


class TestMemoryStoreHealth(StoreHealthContract):
    @pytest.fixture
    def health(self) -> StoreHealth:
        return MemoryStoreHealth()
