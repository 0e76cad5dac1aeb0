"""The readers of the store in memory keep the promises of their ports."""

import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from adapters.memory.reading.document_search import MemoryDocumentSearch
from adapters.memory.reading.item_reader import MemoryItemReader
from adapters.memory.reading.note_reader import MemoryNoteReader
from adapters.memory.reading.store_figures import MemoryStoreFigures
from adapters.memory.reading.store_repair import MemoryStoreRepair
from application.ports.content_store import ContentStore
from application.ports.document_search import DocumentSearch
from application.ports.item_reader import ItemReader
from application.ports.locks import Locks
from application.ports.note_reader import NoteReader
from application.ports.store_figures import StoreFigures
from application.ports.store_repair import StoreRepair
from contracts.content.opened_store import OpenedStore
from contracts.reading.document_search_contract import DocumentSearchContract
from contracts.reading.item_reader_contract import ItemReaderContract
from contracts.reading.note_reader_contract import NoteReaderContract
from contracts.reading.store_figures_contract import StoreFiguresContract, StoreRepairContract


class InMemory(OpenedStore):
    @pytest.fixture
    def locks(self) -> Locks:
        return MemoryLocks(MemoryClock(), MemoryLiveness())

    @pytest.fixture
    def store(self, locks: Locks) -> ContentStore:
        assert isinstance(locks, MemoryLocks)
        return MemoryContentStore(locks)


def in_memory(store: ContentStore) -> MemoryContentStore:
    assert isinstance(store, MemoryContentStore)
    return store


class TestMemoryItemReader(InMemory, ItemReaderContract):
    @pytest.fixture
    def items(self, store: ContentStore) -> ItemReader:
        return MemoryItemReader(in_memory(store))


class TestMemoryNoteReader(InMemory, NoteReaderContract):
    @pytest.fixture
    def notes(self, store: ContentStore) -> NoteReader:
        return MemoryNoteReader(in_memory(store))


class TestMemoryDocumentSearch(InMemory, DocumentSearchContract):
    @pytest.fixture
    def documents(self, store: ContentStore) -> DocumentSearch:
        return MemoryDocumentSearch(in_memory(store))


class TestMemoryStoreFigures(InMemory, StoreFiguresContract):
    @pytest.fixture
    def figures(self, store: ContentStore) -> StoreFigures:
        return MemoryStoreFigures(in_memory(store))


class TestMemoryStoreRepair(InMemory, StoreRepairContract):
    @pytest.fixture
    def repair(self, store: ContentStore, locks: Locks) -> StoreRepair:
        assert isinstance(locks, MemoryLocks)
        return MemoryStoreRepair(in_memory(store), locks)
