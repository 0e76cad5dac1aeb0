"""Check that everything in the store fits together, and mend it."""

from dataclasses import dataclass

from application.operations.regenerate_documents import RegenerateDocs, RegenerateDocuments
from application.ports.locks import EMBED, SYNC, Locks
from application.ports.store_figures import Count, StoreFigures, StoreSize
from application.ports.store_health import ModelCoverage, StoreHealth
from application.ports.store_repair import Finding, StoreRepair


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    index_entries: int
    """Documents, entries and passages that were wrong."""
    documents_written: int
    documents_removed: int
    vectors_dropped: int
    """`lore embed` makes them again."""
    vectors_found_again: int
    findings: tuple[Finding, ...]
    """What is wrong still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStatistics:
    size: StoreSize
    counts: tuple[Count, ...]
    coverage: tuple[ModelCoverage, ...]
    findings: tuple[Finding, ...]
    """Empty: not checked."""
    mended: Mended | None = None


class DescribeStore:
    def __init__(self, *, figures: StoreFigures, health: StoreHealth, repair: StoreRepair) -> None:
        self._figures = figures
        self._health = health
        self._repair = repair

    def __call__(self, *, check: bool) -> StoreStatistics:
        return StoreStatistics(
            size=self._figures.size(),
            counts=self._figures.counts(None),
            coverage=self._health.coverage(),
            findings=self._repair.findings() if check else (),
        )


class RepairStore:
    """Makes what the store derives from GitLab's data anew: documents, full-text index, vector index. Fetches nothing.

    Vectors come last, under their own lock, when no passage goes any more.
    """

    def __init__(self, *, locks: Locks, repair: StoreRepair, regenerate_documents: RegenerateDocuments) -> None:
        self._locks = locks
        self._repair = repair
        self._regenerate_documents = regenerate_documents

    def __call__(self, *, lock_wait_ms: int = 30_000) -> Mended:
        with self._locks.hold(SYNC, wait_ms=lock_wait_ms) as lease:
            entries = self._repair.mend_index(lease)
        done = self._regenerate_documents(RegenerateDocs(full=True, lock_wait_ms=lock_wait_ms))
        with self._locks.hold(EMBED, wait_ms=lock_wait_ms) as lease:
            vectors = self._repair.mend_vectors(lease)
        return Mended(
            index_entries=entries,
            documents_written=done.written,
            documents_removed=done.removed,
            vectors_dropped=vectors.dropped,
            vectors_found_again=vectors.entries,
            findings=self._repair.findings(),
        )
