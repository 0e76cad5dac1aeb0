"""Vectors that nothing can be done with, and vectors that the packed segments do not hold as they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, select

from adapters.numpy_alone import np
from adapters.sql import vector_kernel as kernel
from adapters.sql.prepared import Prepared, Row
from adapters.sql.schema import document_chunks, documents, embedding_spaces, vector_segments
from adapters.sql.soundness.signs import CONTRADICTED, Entries, Vectors, by_key, bytes_of, places_of, signs_of
from adapters.sql.vectors import segments
from adapters.sql.vectors.tables import VECTORS
from application.ports.vector_index import Meant

_BATCH = 4 * segments.CAPACITY
_LARGEST = 3.4e38
"""Of the numbers that vectors are compared with (32 bits)."""
_KEY_BYTES = 8
_OWNERS = {
    Meant.CHUNK: select(document_chunks.c.id, document_chunks.c.document_id).subquery("owner"),
    Meant.TITLE: select(documents.c.id, documents.c.id.label("document_id"))
    .where(documents.c.source_type == documents.c.item_kind, documents.c.title != "")
    .subquery("owner"),
}
"""What may have a vector, and the document that it is or belongs to."""


def _usable(meant: Meant) -> Select[tuple[int, int, bytes]]:
    each, owner = VECTORS[meant], _OWNERS[meant]
    table = each.table
    return (
        select(each.key.label("number"), owner.c.document_id, table.c.vector)
        .join(owner, owner.c.id == each.key)
        .join(embedding_spaces, embedding_spaces.c.id == table.c.space_id)
        .where(
            func.typeof(table.c.vector) == "blob",
            func.length(table.c.vector) == embedding_spaces.c.dimensions,
            func.typeof(table.c.scale) == "real",
            table.c.scale.between(0.0, _LARGEST),
        )
    )


def _is_unusable(meant: Meant) -> ColumnElement[bool]:
    return VECTORS[meant].key.not_in(_usable(meant).with_only_columns(VECTORS[meant].key))


_UNUSABLE = {meant: Prepared(select(each.key).where(_is_unusable(meant))) for meant, each in VECTORS.items()}
_DROP_UNUSABLE = {meant: Prepared(delete(each.table).where(_is_unusable(meant))) for meant, each in VECTORS.items()}
_DROP = {meant: Prepared(delete(each.table).where(each.key == bindparam("number"))) for meant, each in VECTORS.items()}
_OF_SPACE = {
    meant: Prepared(_usable(meant).where(each.table.c.space_id == bindparam("space_id")).order_by(each.key))
    for meant, each in VECTORS.items()
}
_SPACES = Prepared(select(embedding_spaces).where(embedding_spaces.c.dimensions > 0))
_SEGMENTS = Prepared(
    select(vector_segments, embedding_spaces.c.dimensions)
    .outerjoin(embedding_spaces, embedding_spaces.c.id == vector_segments.c.space_id)
    .order_by(vector_segments.c.id)
)
_OF_KIND = and_(vector_segments.c.space_id == bindparam("space_id"), vector_segments.c.kind == bindparam("kind"))
_SEGMENTS_OF_KIND = Prepared(select(vector_segments).where(_OF_KIND).order_by(vector_segments.c.id))
_DROP_SEGMENTS_OF_KIND = Prepared(delete(vector_segments).where(_OF_KIND))
_DROP_SEGMENT = Prepared(delete(vector_segments).where(vector_segments.c.id == bindparam("segment")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Vectors that are searched together: of one space and one kind."""

    space_id: int
    dimensions: int
    meant: Meant


def unusable_vectors(connection: Connection) -> Iterator[tuple[Meant, int]]:
    """Of no text or no space, of a wrong length, or with a scale that is no number."""
    for meant, statement in _UNUSABLE.items():
        yield from ((meant, key) for key in statement.run(connection).scalars())


def drop_unusable_vectors(connection: Connection) -> int:
    return sum(statement.run(connection).rowcount for statement in _DROP_UNUSABLE.values())


def torn_segments(connection: Connection) -> list[int]:
    """Segments whose columns do not hold the same number of entries, or that belong to nothing."""
    return [row.id for row in _SEGMENTS.run(connection) if not _is_whole(row, row.dimensions)]


def drop_segments(connection: Connection, torn: list[int]) -> None:
    _DROP_SEGMENT.each(connection, ({"segment": segment} for segment in torn))


def shelves(connection: Connection) -> list[Shelf]:
    spaces = list(_SPACES.run(connection))
    return [Shelf(space_id=row.id, dimensions=row.dimensions, meant=meant) for row in spaces for meant in Meant]


def without_entry(connection: Connection, shelf: Shelf) -> Iterator[int]:
    """Keys of the usable vectors that no whole segment holds with their signs and their document.

    Entries of vectors that are gone are no fault: the search passes over them until their segment is packed again.
    """
    entries = _entries(connection, shelf)
    for vectors in _vectors(connection, shelf):
        yield from map(int, vectors.keys[places_of(vectors, entries) < 0])


def drop_contradicted(connection: Connection, shelf: Shelf) -> int:
    """Drop the vectors whose entries have other signs: nobody can tell which of the two is right."""
    entries = _entries(connection, shelf)
    keys = [
        key
        for vectors in _vectors(connection, shelf)
        for key in vectors.keys[places_of(vectors, entries) == CONTRADICTED].tolist()
    ]
    _DROP[shelf.meant].each(connection, ({"number": key} for key in keys))
    return len(keys)


def pack_again(connection: Connection, shelf: Shelf) -> None:
    """Make the segments from the vectors; an entry that was right is kept, for it knows the signs of small numbers."""
    entries = _entries(connection, shelf)
    _DROP_SEGMENTS_OF_KIND.run(connection, space_id=shelf.space_id, kind=shelf.meant)
    for vectors in _vectors(connection, shelf):
        places = places_of(vectors, entries)
        bits = signs_of(vectors.steps)
        bits[places >= 0] = entries.bits[places[places >= 0]]
        packed = [
            segments.Entry(key=key, document_id=owner, bits=signs.tobytes())
            for key, owner, signs in zip(vectors.keys.tolist(), vectors.owners.tolist(), bits, strict=True)
        ]
        segments.append(connection, shelf.space_id, shelf.meant, packed)


def _entries(connection: Connection, shelf: Shelf) -> Entries:
    rows = _SEGMENTS_OF_KIND.run(connection, space_id=shelf.space_id, kind=shelf.meant)
    whole = [row for row in rows if _is_whole(row, shelf.dimensions)]
    bits = np.frombuffer(b"".join(row.bits for row in whole), np.uint8)
    return by_key(
        kernel.numbers(b"".join(row.keys for row in whole)),
        kernel.numbers(b"".join(row.documents for row in whole)),
        bits.reshape(-1, bytes_of(shelf.dimensions)),
    )


def _vectors(connection: Connection, shelf: Shelf) -> Iterator[Vectors]:
    rows = iter(_OF_SPACE[shelf.meant].run(connection, space_id=shelf.space_id))
    while batch := list(islice(rows, _BATCH)):
        steps = np.frombuffer(b"".join(row.vector for row in batch), np.int8)
        yield Vectors(
            keys=kernel.whole_numbers(row.number for row in batch),
            owners=kernel.whole_numbers(row.document_id for row in batch),
            steps=steps.reshape(len(batch), shelf.dimensions),
        )


def _is_whole(row: Row, dimensions: int | None) -> bool:
    if not dimensions or row.kind not in set(Meant) or row.size < 1:
        return False
    columns = ((row.keys, _KEY_BYTES), (row.documents, _KEY_BYTES), (row.bits, bytes_of(dimensions)))
    return all(isinstance(packed, bytes) and len(packed) == row.size * width for packed, width in columns)
