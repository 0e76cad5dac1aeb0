"""Packed sign bits, some thousand entries a row, so that a search reads few rows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, select, update

from adapters.sql import vector_kernel as kernel
from adapters.sql.prepared import Prepared, Row, among, inserting
from adapters.sql.schema import vector_segments
from adapters.sql.vectors.tables import VECTORS
from application.ports.vector_index import Meant

CAPACITY = 1_024

_OPEN = Prepared(
    select(vector_segments)
    .where(
        vector_segments.c.space_id == bindparam("space_id"),
        vector_segments.c.kind == bindparam("kind"),
        vector_segments.c.size < bindparam("capacity"),
    )
    .limit(1)
)
_KEYS = Prepared(
    select(vector_segments.c.id, vector_segments.c["keys"]).where(
        vector_segments.c.space_id == bindparam("space_id"), vector_segments.c.kind == bindparam("kind")
    )
)
_ADD = inserting(vector_segments)
_GROW = Prepared(
    update(vector_segments)
    .where(vector_segments.c.id == bindparam("segment"))
    .values({name: bindparam(name) for name in ("size", "keys", "documents", "bits")})
)
_REWRITE = Prepared(
    update(vector_segments)
    .where(vector_segments.c.id == bindparam("segment"))
    .values({name: bindparam(name) for name in ("documents", "bits")})
)
_DROP = Prepared(delete(vector_segments).where(vector_segments.c.id == bindparam("segment")))
_EVERY = Prepared(select(vector_segments.c.id))
_ENTRIES = Prepared(select(func.sum(vector_segments.c.size)))
_VECTORS = [Prepared(select(func.count()).select_from(each.table)) for each in VECTORS.values()]
_ONE = Prepared(select(vector_segments).where(vector_segments.c.id == bindparam("segment")))
_COUNTED = {
    meant: Prepared(
        select(each.key.label("number")).where(each.table.c.space_id == bindparam("space_id"), among(each.key, "keys"))
    )
    for meant, each in VECTORS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    key: int
    document_id: int
    bits: bytes


def put(connection: Connection, space_id: int, meant: Meant, entries: Sequence[Entry]) -> None:
    """In the transaction of the vectors themselves: what has an entry gets its new bits there, the rest is appended."""
    held = _replace(connection, space_id, meant, {entry.key: entry for entry in entries})
    append(connection, space_id, meant, [entry for entry in entries if entry.key not in held])


def append(connection: Connection, space_id: int, meant: Meant, entries: Sequence[Entry]) -> None:
    """Of entries that are not there yet."""
    while entries:
        segment = _OPEN.run(connection, space_id=space_id, kind=meant, capacity=CAPACITY).first()
        room = CAPACITY - (0 if segment is None else segment.size)
        _write(connection, segment, space_id, meant, entries[:room])
        entries = entries[room:]


def _write(connection: Connection, segment: Row | None, space_id: int, meant: Meant, entries: Sequence[Entry]) -> None:
    packed = {
        "keys": kernel.packed_numbers(entry.key for entry in entries),
        "documents": kernel.packed_numbers(entry.document_id for entry in entries),
        "bits": b"".join(entry.bits for entry in entries),
    }
    if segment is None:
        _ADD.each(connection, [{"space_id": space_id, "kind": meant, "size": len(entries), **packed}])
        return
    grown = {name: getattr(segment, name) + added for name, added in packed.items()}
    _GROW.run(connection, segment=segment.id, size=segment.size + len(entries), **grown)


def _replace(connection: Connection, space_id: int, meant: Meant, entries: Mapping[int, Entry]) -> set[int]:
    """Returns the keys that have an entry."""
    wanted = kernel.whole_numbers(sorted(entries))
    found: set[int] = set()
    for row in list(_KEYS.run(connection, space_id=space_id, kind=meant)):
        keys = kernel.numbers(row.keys)
        places = kernel.held_in(keys, wanted).nonzero()[0].tolist()
        if places:
            found.update(keys[places].tolist())
            changed = {place: entries[keys[place]] for place in places}
            for segment in list(_ONE.run(connection, segment=row.id)):
                _rewrite(connection, segment, changed)
    return found


def _rewrite(connection: Connection, segment: Row, changed: Mapping[int, Entry]) -> None:
    owners, bits = bytearray(segment.documents), bytearray(segment.bits)
    for place, entry in changed.items():
        _overwrite(owners, place, kernel.packed_numbers([entry.document_id]))
        _overwrite(bits, place, entry.bits)
    _REWRITE.run(connection, segment=segment.id, documents=bytes(owners), bits=bytes(bits))


def _overwrite(packed: bytearray, place: int, value: bytes) -> None:
    packed[place * len(value) : (place + 1) * len(value)] = value


def to_be_looked_through(connection: Connection) -> list[int]:
    """All segments, where one in eight entries has no vector any more; else none, which two counts tell."""
    entries = _ENTRIES.run(connection).scalar() or 0
    vectors = sum(count.run(connection).scalar() for count in _VECTORS)
    return list(_EVERY.run(connection).scalars()) if 7 * entries > 8 * vectors else []


def is_mostly_dead(connection: Connection, segment_id: int) -> bool:
    """Whether less than half of its entries still have their vector."""
    segment = _ONE.run(connection, segment=segment_id).first()
    return segment is not None and 2 * len(_alive(connection, segment)) < segment.size


def compact(connection: Connection, segment_id: int) -> None:
    """Drop a segment; what of it is alive goes into another."""
    segment = _ONE.run(connection, segment=segment_id).first()
    if segment is not None:
        alive = _alive(connection, segment)
        _DROP.run(connection, segment=segment_id)
        append(connection, segment.space_id, Meant(segment.kind), _living(segment, alive))


def _alive(connection: Connection, segment: Row) -> set[int]:
    keys = json.dumps(kernel.numbers(segment.keys).tolist())
    return set(_COUNTED[Meant(segment.kind)].run(connection, space_id=segment.space_id, keys=keys).scalars())


def _living(segment: Row, alive: set[int]) -> list[Entry]:
    keys = kernel.numbers(segment.keys).tolist()
    owners = kernel.numbers(segment.documents).tolist()
    width = len(segment.bits) // segment.size
    last = {key: place for place, key in enumerate(keys) if key in alive}  # of an entry that came twice, the newer
    return [
        Entry(key=key, document_id=owners[place], bits=segment.bits[place * width : (place + 1) * width])
        for key, place in last.items()
    ]
