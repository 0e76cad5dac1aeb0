"""Regenerate the documents of given sources: the one way, for every kind of sync (C2)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from application.ports.content_store import ContentStore, Transaction
from application.ports.locks import Lease
from domain.chunking import chunks_of
from domain.documents import render
from domain.refs import SourceKey

BATCH = 100
"""Documents in one transaction: short enough that a waiting run is let in soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateDocs:
    """Regenerate the documents of those `keys` that are dirty since `floor_ms` (None: since ever)."""

    lease: Lease
    keys: Collection[SourceKey]
    floor_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedDocs:
    regenerated: tuple[SourceKey, ...] = ()
    """Documents whose text is new or other than before."""
    unchanged: int = 0
    removed: int = 0

    def __add__(self, other: "GeneratedDocs") -> "GeneratedDocs":
        return GeneratedDocs(
            regenerated=self.regenerated + other.regenerated,
            unchanged=self.unchanged + other.unchanged,
            removed=self.removed + other.removed,
        )


class GenerateScopedDocs:
    """Touches no other dirty row than those of the given keys, and leaves a row that was queued anew meanwhile."""

    def __init__(self, *, store: ContentStore) -> None:
        self._store = store

    def __call__(self, command: GenerateDocs) -> GeneratedDocs:
        keys, done = sorted(command.keys), GeneratedDocs()
        for start in range(0, len(keys), BATCH):
            with self._store.writing(command.lease) as transaction:
                done += _regenerate(transaction, keys[start : start + BATCH], command.floor_ms or 0)
        return done


def _regenerate(transaction: Transaction, keys: Sequence[SourceKey], floor_ms: int) -> GeneratedDocs:
    dirty = {key: at for key, at in transaction.dirty.queued_at(keys).items() if at >= floor_ms}
    sources = transaction.documents.sources(list(dirty))
    hashes = transaction.documents.content_hashes(list(dirty))
    written: list[SourceKey] = []
    removed = unchanged = 0
    for key, queued_at in dirty.items():
        document = render(sources[key]) if key in sources else None
        if document is None:
            removed += transaction.documents.remove(key)
        elif document.content_hash == hashes.get(key):
            transaction.documents.refresh(document)
            unchanged += 1
        else:
            transaction.documents.put(document, chunks_of(document.title, document.parts))
            written.append(key)
        transaction.dirty.clear(key, queued_at=queued_at)
    return GeneratedDocs(regenerated=tuple(written), unchanged=unchanged, removed=removed)
