"""The tables of each kind of vector, and the spaces they belong to."""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, and_, bindparam, select

from adapters.sql.prepared import Prepared, Row, inserting_for_key
from adapters.sql.schema import chunk_vectors, documents, embedding_spaces, title_vectors
from application.ports.vector_index import Meant
from domain.embedding import EmbeddingSpace


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorTable:
    table: Table
    key: Column[int]


VECTORS = {
    Meant.CHUNK: VectorTable(table=chunk_vectors, key=chunk_vectors.c.chunk_id),
    Meant.TITLE: VectorTable(table=title_vectors, key=title_vectors.c.document_id),
}
HAS_TITLE = and_(documents.c.source_type == documents.c.item_kind, documents.c.title != "")
"""A document that a title's vector belongs to."""
_FIND = Prepared(
    select(embedding_spaces.c.id).where(
        *(embedding_spaces.c[name] == bindparam(name) for name in ("model", "checksum", "dimensions", "chunking"))
    )
)
_ADD = inserting_for_key(embedding_spaces)


def space_id(connection: Connection, space: EmbeddingSpace) -> int | None:
    found: int | None = _FIND.run(connection, **_values(space)).scalar()
    return found


def registered_space_id(connection: Connection, space: EmbeddingSpace) -> int:
    """The space's key, made where there is none."""
    found = space_id(connection, space)
    return int(_ADD.run(connection, **_values(space)).scalar()) if found is None else found


def space_of(row: Row) -> EmbeddingSpace:
    return EmbeddingSpace(model=row.model, checksum=row.checksum, dimensions=row.dimensions, chunking=row.chunking)


def _values(space: EmbeddingSpace) -> dict[str, object]:
    return {
        "model": space.model,
        "checksum": space.checksum,
        "dimensions": space.dimensions,
        "chunking": space.chunking,
    }
