"""The packed sign bits of one kind of vectors, read once and kept until anything is committed to the store."""

import weakref
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from adapters.numpy_alone import NDArray, np
from adapters.sql import vector_kernel as kernel
from adapters.sql.prepared import Prepared
from adapters.sql.schema import vector_segments
from adapters.sql.unchanged import state_of
from application.ports.vector_index import Meant

_OF_KIND = (vector_segments.c.space_id == bindparam("space_id"), vector_segments.c.kind == bindparam("kind"))
_WORD = 8

_ROOM = Prepared(
    select(
        func.coalesce(func.sum(vector_segments.c.size), 0).label("entries"),
        func.coalesce(func.max(func.length(vector_segments.c.bits) // (_WORD * vector_segments.c.size)), 0).label(
            "width"
        ),
    ).where(*_OF_KIND, vector_segments.c.size > 0)
)
_SEGMENTS = Prepared(
    select(vector_segments.c["keys"], vector_segments.c.documents, vector_segments.c.bits).where(*_OF_KIND)
)


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Signs:
    """All entries, place by place."""

    keys: kernel.Ints
    documents: kernel.Ints
    """Whose each vector was when its entry was made."""
    bits: NDArray[np.uint64]
    """A row for each word of their bits, a column for each entry."""


class RememberedSigns:
    """A million entries are 90 megabytes, so the newest are kept once for all connections."""

    def __init__(self) -> None:
        self._newest: dict[tuple[int, Meant], Signs] = {}

    def of(self, connection: Connection, number: int, meant: Meant) -> Signs:
        known = connection.info.setdefault(self, {})
        state, key = state_of(connection), (number, meant)
        seen, remembered = known.get(key, (None, None))
        signs = remembered() if seen == state else None
        if signs is None:
            signs = self._shared(key, _read(connection, number, meant))
            known[key] = (state, weakref.ref(signs))
        return signs

    def _shared(self, key: tuple[int, Meant], signs: Signs) -> Signs:
        newest = self._newest.get(key)
        if newest is not None and _are_equal(newest, signs):
            return newest
        self._newest[key] = signs
        return signs


def _are_equal(one: Signs, other: Signs) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("keys", "documents", "bits"))


def _read(connection: Connection, number: int, meant: Meant) -> Signs:
    """Row by row into its place: all rows at once would take twice the memory."""
    [room] = _ROOM.run(connection, space_id=number, kind=meant)
    keys, owners = np.empty(room.entries, "<i8"), np.empty(room.entries, "<i8")
    bits = np.empty((room.width, room.entries), np.uint64)
    at = 0
    for row in _SEGMENTS.run(connection, space_id=number, kind=meant):
        end = at + len(row.keys) // _WORD
        keys[at:end] = np.frombuffer(row.keys, "<i8")
        owners[at:end] = np.frombuffer(row.documents, "<i8")
        bits[:, at:end] = np.frombuffer(row.bits, np.uint64).reshape(-1, room.width).T
        at = end
    return Signs(keys=keys, documents=owners, bits=bits)
