"""Stage docs alone: make the documents that are due, or look at all of them again."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.content_store import ContentStore
from application.ports.document_sources import DocumentSources
from application.ports.locks import SYNC, Lease, Locks
from application.sync.drain_dirty_sources import DrainDirtySources
from domain.refs import SourceKey, SourceType

BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RegenerateDocs:
    full: bool = False
    """Render every document again, as after an upgrade; those that come out the same are not written."""
    lock_wait_ms: int = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsReport:
    written: int
    unchanged: int
    removed: int


class RegenerateDocuments:
    """Holds the `sync` lock, letting others in between batches."""

    def __init__(
        self,
        *,
        locks: Locks,
        store: ContentStore,
        sources: DocumentSources,
        drain_dirty_sources: DrainDirtySources,
        clock: Clock,
    ) -> None:
        self._locks = locks
        self._store = store
        self._sources = sources
        self._drain_dirty_sources = drain_dirty_sources
        self._clock = clock

    def __call__(self, command: RegenerateDocs) -> DocumentsReport:
        with self._locks.hold(SYNC, wait_ms=command.lock_wait_ms) as lease:
            if command.full:
                for source_type in SourceType:
                    self._mark_all(lease, source_type)
            done = self._drain_dirty_sources(lease)
        return DocumentsReport(written=len(done.regenerated), unchanged=done.unchanged, removed=done.removed)

    def _mark_all(self, lease: Lease, source_type: SourceType) -> None:
        last: SourceKey = SourceKey(source_type, 0)
        while keys := self._sources.page(source_type, after_id=last.source_id, limit=BATCH):
            with self._store.writing(lease) as transaction:
                transaction.dirty.mark(keys, queued_at=self._clock.now_ms())
            last = keys[-1]
            lease.let_others_in()
