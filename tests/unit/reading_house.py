"""The reading use-cases over a small store in memory."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.clock import MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from adapters.memory.progress import MemoryProgress
from adapters.memory.reading.document_search import MemoryDocumentSearch
from adapters.memory.reading.item_reader import MemoryItemReader
from adapters.memory.reading.note_reader import MemoryNoteReader
from adapters.memory.reading.store_figures import MemoryStoreFigures
from adapters.memory.reading.store_repair import MemoryStoreRepair
from adapters.memory.run_ledger import MemoryRunLedger
from adapters.memory.vectors import MemoryVectors
from application.embedding.embed_documents import EmbedDocuments
from application.operations.count_rows import CountRows
from application.operations.read_status import ReadStatus
from application.ports.content_store import Transaction
from application.ports.embedding_stage import EmbeddingOutcome
from application.ports.locks import SYNC
from application.reading.freshness import TellFreshness
from application.reading.list_items import ListItems
from application.reading.list_notes import ListNotes
from application.reading.project_choice import ChooseProjects
from application.reading.show_item import ShowItem
from application.search.meaning import MeaningSearch
from application.search.search_documents import SearchDocuments
from contracts.builders import DAY, HOUR, NOON
from contracts.reading.shelf import fill, write_documents


class ReadingHouse:
    """An hour after the last complete sync of group/app; group/lib never had one."""

    def __init__(self, *, empty: bool = False) -> None:
        self.clock = MemoryClock(NOON + DAY + HOUR)
        self.liveness = MemoryLiveness()
        self.locks = MemoryLocks(self.clock, self.liveness)
        self.store = MemoryContentStore(self.locks)
        self.ledger = MemoryRunLedger(self.clock, self.liveness)
        self.items = MemoryItemReader(self.store)
        self.notes = MemoryNoteReader(self.store)
        self.documents = MemoryDocumentSearch(self.store)
        self.embedder = MemoryEmbedder()
        self.vectors = MemoryVectors(self.store, self.locks)
        self.figures = MemoryStoreFigures(self.store)
        self.repair = MemoryStoreRepair(self.store, self.locks)
        self.choose_projects = ChooseProjects(items=self.items)
        self.tell_freshness = TellFreshness(ledger=self.ledger, clock=self.clock)
        if not empty:
            self.shelf = fill(self.writing)
            write_documents(self.writing)

    def writing(self) -> AbstractContextManager[Transaction]:
        return self._writing()

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        with self.locks.hold(SYNC, wait_ms=0) as lease, self.store.writing(lease) as transaction:
            yield transaction

    @property
    def list_items(self) -> ListItems:
        return ListItems(items=self.items, choose_projects=self.choose_projects, tell_freshness=self.tell_freshness)

    @property
    def show_item(self) -> ShowItem:
        return ShowItem(items=self.items, choose_projects=self.choose_projects, tell_freshness=self.tell_freshness)

    @property
    def list_notes(self) -> ListNotes:
        return ListNotes(notes=self.notes, choose_projects=self.choose_projects, tell_freshness=self.tell_freshness)

    @property
    def search(self) -> SearchDocuments:
        return SearchDocuments(
            documents=self.documents,
            meanings=MeaningSearch(embedder=self.embedder, get_index=lambda: self.vectors),
            choose_projects=self.choose_projects,
            tell_freshness=self.tell_freshness,
        )

    def embed(self) -> EmbeddingOutcome:
        stage = EmbedDocuments(
            embedder=self.embedder,
            vectors=self.vectors,
            locks=self.locks,
            cancellation=MemoryCancellation(),
            progress=MemoryProgress(),
        )
        return stage.embed(None, wait_ms=0)

    @property
    def read_status(self) -> ReadStatus:
        return ReadStatus(
            figures=self.figures,
            ledger=self.ledger,
            clock=self.clock,
            choose_projects=self.choose_projects,
            tell_freshness=self.tell_freshness,
        )

    @property
    def count_rows(self) -> CountRows:
        return CountRows(figures=self.figures, choose_projects=self.choose_projects, tell_freshness=self.tell_freshness)
