"""The documents of the store in memory, and what they are rendered from."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.memory.content.dependents import paths_of
from adapters.memory.content.tables import DocumentRow, Tables
from domain.document_records import Chunk, DiscussionSource, Document, DocumentSource, ItemSource
from domain.refs import DependentKind, SourceKey


class MemoryDocuments:
    """Port `Documents`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def sources(self, keys: Sequence[SourceKey]) -> dict[SourceKey, DocumentSource]:
        found = {key: self._source(key) for key in keys}
        return {key: source for key, source in found.items() if source is not None}

    def content_hashes(self, keys: Sequence[SourceKey]) -> dict[SourceKey, str]:
        documents = self._tables.documents
        return {key: documents[key].document.content_hash for key in keys if key in documents}

    def put(self, document: Document, chunks: Sequence[Chunk]) -> None:
        self._tables.documents[document.key] = DocumentRow(document=document, chunks=tuple(chunks))

    def refresh(self, document: Document) -> None:
        row = self._tables.documents.get(document.key)
        if row is not None:
            dated = replace(row.document, created_at=document.created_at, updated_at=document.updated_at)
            self._tables.documents[document.key] = replace(row, document=dated)

    def remove(self, key: SourceKey) -> bool:
        return self._tables.documents.pop(key, None) is not None

    def _source(self, key: SourceKey) -> DocumentSource | None:
        return self._item_source(key) if key in self._tables.item_keys else self._thread_source(key)

    def _item_source(self, key: SourceKey) -> ItemSource | None:
        ref = self._tables.item_keys[key]
        row = self._tables.items[ref]
        if row.deleted_at is not None:
            return None
        return ItemSource(
            key=key,
            project_id=ref.project_id,
            project_path=self._tables.projects[ref.project_id].stored.path,
            entity=row.entity,
            paths=paths_of(self._tables.sets.get((ref, DependentKind.DIFFS), ())),
        )

    def _thread_source(self, key: SourceKey) -> DiscussionSource | None:
        if key not in self._tables.thread_keys:
            return None
        ref, name = self._tables.thread_keys[key]
        item, thread = self._tables.items[ref], self._tables.threads[ref][name]
        if item.deleted_at is not None or thread.deleted_at is not None:
            return None
        return DiscussionSource(
            key=key,
            project_id=ref.project_id,
            project_path=self._tables.projects[ref.project_id].stored.path,
            item=item.entity,
            discussion=thread.discussion,
        )
