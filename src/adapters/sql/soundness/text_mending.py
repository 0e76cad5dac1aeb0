"""Bringing full-text entries and passages into line with the documents."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, select, text, update

from adapters.sql.prepared import Prepared
from adapters.sql.schema import document_chunks, documents
from adapters.sql.soundness.texts import StoredText, TextFault, faults_of, wanted_entry

_STRAY_ENTRIES = "SELECT id FROM documents_fts_docsize WHERE id NOT IN (SELECT id FROM documents)"
_DROP_STRAY_ENTRIES = "DELETE FROM documents_fts WHERE rowid NOT IN (SELECT id FROM documents)"
_DROP_ENTRY = text("DELETE FROM documents_fts WHERE rowid = :key")
_ENTER = text(
    "INSERT INTO documents_fts (rowid, title, body, labels, people, paths)"
    " VALUES (:key, :title, :body, :labels, :people, :paths)"
)
_IS_STRAY_CHUNK = document_chunks.c.document_id.not_in(select(documents.c.id))
_STRAY_CHUNKS = Prepared(select(document_chunks.c.id).where(_IS_STRAY_CHUNK))
_DROP_STRAY_CHUNKS = Prepared(delete(document_chunks).where(_IS_STRAY_CHUNK))
_DISTRUST = Prepared(update(documents).where(documents.c.id == bindparam("key")).values(content_hash=""))


def stray_entries(connection: Connection) -> list[int]:
    """Entries of the full-text index that no document has."""
    return list(connection.exec_driver_sql(_STRAY_ENTRIES).scalars())


def stray_chunks(connection: Connection) -> list[int]:
    return list(_STRAY_CHUNKS.run(connection).scalars())


def drop_strays(connection: Connection) -> int:
    dropped = connection.exec_driver_sql(_DROP_STRAY_ENTRIES).rowcount
    return dropped + _DROP_STRAY_CHUNKS.run(connection).rowcount


def mend(connection: Connection, stored: StoredText) -> bool:
    """Whether anything was wrong; what is more than the entry is left to whoever writes the document again."""
    faults = faults_of(stored)
    if TextFault.ENTRY in faults:
        connection.execute(_DROP_ENTRY, {"key": stored.row.id})
        connection.execute(_ENTER, {"key": stored.row.id, **wanted_entry(stored)})
    if {TextFault.DOCUMENT, TextFault.CHUNKS} & {*faults}:
        distrust(connection, [stored.row.id])
    return bool(faults)


def distrust(connection: Connection, keys: Iterable[int]) -> None:
    """Forget what the documents' hashes say, so that they are written again when they are rendered again."""
    _DISTRUST.each(connection, ({"key": key} for key in keys))
