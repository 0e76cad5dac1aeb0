"""The living rows of the store in memory that documents are made from."""

from collections.abc import Iterator

from adapters.memory.content.tables import Tables
from adapters.memory.content_store import MemoryContentStore
from domain.refs import SourceKey, SourceType


class MemoryDocumentSources:
    """Port `DocumentSources`."""

    def __init__(self, store: MemoryContentStore) -> None:
        self._store = store

    def page(self, source_type: SourceType, *, after_id: int, limit: int) -> tuple[SourceKey, ...]:
        living = _living(self._store._tables)  # noqa: SLF001 - both are one store, seen from two ports
        wanted = [key for key in living if key.source_type is source_type and key.source_id > after_id]
        return tuple(sorted(wanted)[:limit])


def _living(tables: Tables) -> Iterator[SourceKey]:
    yield from (row.source for row in tables.items.values() if row.deleted_at is None)
    for threads in tables.threads.values():
        yield from (row.source for row in threads.values() if row.deleted_at is None)
