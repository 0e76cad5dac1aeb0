"""Whether a document's row, its passages and its full-text entry say the same."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select

from adapters.sql.content.documents import indexed_texts
from adapters.sql.prepared import Prepared, Row
from adapters.sql.schema import document_chunks, documents, documents_fts
from domain.chunking import chunks_of
from domain.document_records import Chunk, DocumentContent, DocumentPart
from domain.documents import content_hash

PAGE = 500

_DOCUMENTS = Prepared(
    select(documents).where(documents.c.id > bindparam("after")).order_by(documents.c.id).limit(bindparam("most"))
)
_CHUNKS = Prepared(
    select(document_chunks)
    .where(document_chunks.c.document_id > bindparam("after"), document_chunks.c.document_id <= bindparam("last"))
    .order_by(document_chunks.c.document_id, document_chunks.c.ordinal, document_chunks.c.id)
)
_ENTRIES = Prepared(
    select(documents_fts).where(documents_fts.c.rowid > bindparam("after"), documents_fts.c.rowid <= bindparam("last"))
)


class TextFault(StrEnum):
    DOCUMENT = "document"
    """The row cannot be read, or is other than its hash says; then nothing else of the document is judged by it."""
    CHUNKS = "chunks"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A document as the tables have it."""

    row: Row
    chunks: Sequence[Chunk]
    entry: dict[str, str] | None


def stored_texts(connection: Connection, after: int) -> list[StoredText]:
    """The next `PAGE` documents behind this key."""
    rows = list(_DOCUMENTS.run(connection, after=after, most=PAGE))
    if not rows:
        return []
    chunks: defaultdict[int, list[Chunk]] = defaultdict(list)
    for row in _CHUNKS.run(connection, after=after, last=rows[-1].id):
        chunk = Chunk(ordinal=row.ordinal, text=row.text, note_gitlab_id=row.note_gitlab_id)
        chunks[row.document_id].append(chunk)
    entries = {row.rowid: row._asdict() for row in _ENTRIES.run(connection, after=after, last=rows[-1].id)}
    return [StoredText(row=row, chunks=tuple(chunks[row.id]), entry=_columns(entries.get(row.id))) for row in rows]


def all_stored_texts(connection: Connection) -> Iterator[StoredText]:
    after = 0
    while page := stored_texts(connection, after):
        yield from page
        after = page[-1].row.id


def faults_of(stored: StoredText) -> tuple[TextFault, ...]:
    content = _content(stored.row)
    if content is None:
        return (TextFault.DOCUMENT,)
    wrong = {
        TextFault.CHUNKS: stored.chunks != chunks_of(content.title, content.parts),
        TextFault.ENTRY: stored.entry != indexed_texts(content),
    }
    return tuple(fault for fault, is_there in wrong.items() if is_there)


def wanted_entry(stored: StoredText) -> dict[str, str]:
    """What the full-text index should hold of a document whose row is sound."""
    content = _content(stored.row)
    if content is None:
        raise AssertionError(stored.row.id)
    return indexed_texts(content)


def _content(row: Row) -> DocumentContent | None:
    try:
        content = DocumentContent(
            title=row.title,
            parts=tuple(DocumentPart(text=text, note_gitlab_id=note) for note, text in json.loads(row.parts_json)),
            labels=json.loads(row.labels_json),
            people=json.loads(row.people_json),
            paths=json.loads(row.paths_json),
            state=row.state,
            web_url=row.web_url,
            milestone=row.milestone,
        )
        said = content_hash(content)
    except (ValueError, TypeError):
        return None
    return content if said == row.content_hash else None


def _columns(entry: dict[str, str] | None) -> dict[str, str] | None:
    return None if entry is None else {name: text for name, text in entry.items() if name != "rowid"}
