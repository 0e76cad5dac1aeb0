"""Scans the packed sign bits of one kind of vectors, some segments at a time."""

from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, bindparam, select

from adapters.sql import vector_kernel as kernel
from adapters.sql.prepared import Prepared
from adapters.sql.schema import vector_segments
from application.ports.vector_index import Meant
from domain.embedding import Vector

TOGETHER = 16
"""Segments that are compared at once: few enough that their bits stay in the processor's cache."""

_SEGMENTS = Prepared(
    select(vector_segments.c["keys"], vector_segments.c.documents, vector_segments.c.bits).where(
        vector_segments.c.space_id == bindparam("space_id"), vector_segments.c.kind == bindparam("kind")
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """All entries, place by place."""

    keys: kernel.Ints
    documents: kernel.Ints
    """Whose the vector was when the entry was made."""
    differing: kernel.Counts
    """In how many signs it differs from what is asked."""


def scanned(connection: Connection, number: int, meant: Meant, vector: Vector) -> Scanned:
    differing = kernel.Differing(vector)
    keys, owners, counts = [], [], []
    rows = iter(_SEGMENTS.run(connection, space_id=number, kind=meant))
    while block := list(islice(rows, TOGETHER)):
        keys += [row.keys for row in block]
        owners += [row.documents for row in block]
        counts.append(differing.of(b"".join(row.bits for row in block)))
    return Scanned(
        keys=kernel.numbers(b"".join(keys)),
        documents=kernel.numbers(b"".join(owners)),
        differing=kernel.joined(counts),
    )
