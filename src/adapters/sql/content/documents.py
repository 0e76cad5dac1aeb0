"""Documents, their chunks and the full-text index, always changed together."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from adapters.sql.content.dirty_sources import ids_by_type
from adapters.sql.content.document_sources import document_sources
from adapters.sql.content.item_index import index_items
from adapters.sql.content.known import Known
from adapters.sql.prepared import Prepared, among, inserting, inserting_for_key
from adapters.sql.schema import document_chunks, documents, documents_fts
from domain.document_records import Chunk, Document, DocumentContent, DocumentSource
from domain.ranking import ItemId
from domain.refs import EntityRef, SourceKey
from domain.text_analysis import index_text

_OF_SOURCE = (
    documents.c.source_type == bindparam("source_type"),
    documents.c.source_id == bindparam("source_id"),
)
_FIND = Prepared(select(documents.c.id).where(*_OF_SOURCE))
_HASHES = Prepared(
    select(documents.c.source_id, documents.c.content_hash).where(
        documents.c.source_type == bindparam("source_type"), among(documents.c.source_id, "source_ids")
    )
)
_INSERT = inserting_for_key(documents)
_UPDATE = Prepared(
    update(documents)
    .where(documents.c.id == bindparam("key"))
    .values({column.name: bindparam(column.name) for column in documents.columns if column.name != "id"})
)
_REFRESH = Prepared(
    update(documents).where(*_OF_SOURCE).values(created_at=bindparam("created"), updated_at=bindparam("updated"))
)
_REMOVE = Prepared(delete(documents).where(*_OF_SOURCE).returning(documents.c.item_kind, documents.c.item_id))
_CHUNKS = Prepared(select(document_chunks).where(document_chunks.c.document_id == bindparam("document_id")))
_INSERT_CHUNK = inserting(document_chunks)
_MOVE_CHUNK = Prepared(
    update(document_chunks)
    .where(document_chunks.c.id == bindparam("key"))
    .values(ordinal=bindparam("ordinal"), note_gitlab_id=bindparam("note_gitlab_id"))
)
_DROP_CHUNK = Prepared(delete(document_chunks).where(document_chunks.c.id == bindparam("key")))
_INDEXED = ("rowid", "title", "body", "labels", "people", "paths")
_LEAVE_INDEX = Prepared(delete(documents_fts).where(documents_fts.c.rowid == bindparam("rowid")))
_ENTER_INDEX = Prepared(documents_fts.insert(), columns=_INDEXED)


class SqlDocuments:
    """Port `Documents`."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._connection = known.connection
        self._touched: set[ItemId] = set()

    def sources(self, keys: Sequence[SourceKey]) -> dict[SourceKey, DocumentSource]:
        return document_sources(self._connection, keys)

    def content_hashes(self, keys: Sequence[SourceKey]) -> dict[SourceKey, str]:
        return {
            SourceKey(source_type, row.source_id): row.content_hash
            for source_type, ids in ids_by_type(keys).items()
            for row in _HASHES.run(self._connection, source_type=source_type, source_ids=json.dumps(ids))
        }

    def put(self, document: Document, chunks: Sequence[Chunk]) -> None:
        row = self._row(document)
        self._touched.add((row["item_kind"], row["item_id"]))
        key = _FIND.run(
            self._connection, source_type=document.key.source_type, source_id=document.key.source_id
        ).scalar()
        if key is None:
            key = _INSERT.run(self._connection, **row).scalar()
        else:
            _UPDATE.run(self._connection, key=key, **row)
            _LEAVE_INDEX.run(self._connection, rowid=key)
        _ENTER_INDEX.run(self._connection, rowid=key, **indexed_texts(document))
        self._put_chunks(key, chunks)

    def refresh(self, document: Document) -> None:
        _REFRESH.run(
            self._connection,
            source_type=document.key.source_type,
            source_id=document.key.source_id,
            created=document.created_at,
            updated=document.updated_at,
        )

    def remove(self, key: SourceKey) -> bool:
        removed = list(_REMOVE.run(self._connection, source_type=key.source_type, source_id=key.source_id))
        self._touched.update((row.item_kind, row.item_id) for row in removed)
        return bool(removed)

    def settle(self) -> None:
        """Bring the entries of the touched items up to date: once a transaction, however many of their threads it
        wrote."""
        index_items(self._connection, self._touched)
        self._touched.clear()

    def _row(self, document: Document) -> dict[str, Any]:
        return {
            "source_type": document.key.source_type,
            "source_id": document.key.source_id,
            "project_id": document.project_id,
            "item_kind": document.item_kind,
            "item_id": self._known.item_id(EntityRef(document.project_id, document.item_kind, document.iid)),
            "iid": document.iid,
            "title": document.title,
            "parts_json": _as_json([[part.note_gitlab_id, part.text] for part in document.parts]),
            "labels_json": _as_json(document.labels),
            "people_json": _as_json(document.people),
            "paths_json": _as_json(document.paths),
            "author": document.author,
            "state": document.state,
            "created_at": document.created_at,
            "updated_at": document.updated_at,
            "web_url": document.web_url,
            "content_hash": document.content_hash,
            "milestone": document.milestone,
        }

    def _put_chunks(self, document_id: int, chunks: Sequence[Chunk]) -> None:
        """Chunks of unchanged text keep their rows, and so the vectors that belong to these."""
        spare: defaultdict[str, list[int]] = defaultdict(list)
        for row in _CHUNKS.run(self._connection, document_id=document_id):
            spare[row.text].append(row.id)
        new, moved = [], []
        for chunk in chunks:
            place = {"ordinal": chunk.ordinal, "note_gitlab_id": chunk.note_gitlab_id}
            if spare[chunk.text]:
                moved.append(place | {"key": spare[chunk.text].pop(0)})
            else:
                new.append(place | {"document_id": document_id, "text": chunk.text})
        _DROP_CHUNK.each(self._connection, ({"key": key} for keys in spare.values() for key in keys))
        _MOVE_CHUNK.each(self._connection, moved)
        _INSERT_CHUNK.each(self._connection, new)


def indexed_texts(content: DocumentContent) -> dict[str, str]:
    """What the full-text index holds of a document, by its columns; a milestone is found as a label is."""
    labels = (*content.labels, content.milestone) if content.milestone else content.labels
    return {
        "title": index_text(content.title),
        "body": index_text("\n\n".join(part.text for part in content.parts)),
        "labels": index_text("\n".join(labels)),
        "people": index_text("\n".join(content.people)),
        "paths": index_text("\n".join(content.paths)),
    }


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)
