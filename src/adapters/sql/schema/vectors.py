"""What texts mean, as vectors, and the packed sign bits by which the nearest are found."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, UniqueConstraint

from adapters.sql.schema.columns import below, flag, local_key, metadata, number, words

embedding_spaces = Table(
    "embedding_spaces",
    metadata,
    local_key(),
    words("model"),
    words("checksum"),
    number("dimensions"),
    words("chunking"),
    UniqueConstraint("model", "checksum", "dimensions", "chunking"),
)


def _vectors(name: str, key: str, owner: str, *more: Column[bool]) -> Table:
    return Table(
        name,
        metadata,
        Column(key, Integer, ForeignKey(f"{owner}.id", ondelete="CASCADE"), primary_key=True),
        below("space_id", "embedding_spaces", index=True),
        Column("scale", Float, nullable=False),
        Column("vector", LargeBinary, nullable=False),  # one signed byte a dimension, to be multiplied by the scale
        *more,
    )


chunk_vectors = _vectors("chunk_vectors", "chunk_id", "document_chunks", flag("in_part"))
"""`in_part`: of the passage's beginning only, to be replaced by one of all its words."""
Index("chunk_vectors_in_part", chunk_vectors.c.space_id, sqlite_where=chunk_vectors.c.in_part)
title_vectors = _vectors("title_vectors", "document_id", "documents")
"""Of items, by their own documents; a document whose title changes loses its row."""

vector_segments = Table(
    "vector_segments",
    metadata,
    local_key(),
    below("space_id", "embedding_spaces"),
    words("kind"),
    number("size"),
    Column("keys", LargeBinary, nullable=False),  # 64 bits each: chunks or documents
    Column("documents", LargeBinary, nullable=False),  # 64 bits each
    Column("bits", LargeBinary, nullable=False),
)
"""Up to 1,024 entries a row. Entries are added in the transaction of their vectors and may outlive them: only an
entry whose vector is still there counts."""
Index("vector_segments_by_kind", vector_segments.c.space_id, vector_segments.c.kind, vector_segments.c.size)
