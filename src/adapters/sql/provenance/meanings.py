"""Port `Meanings`, on the vectors that were stored for search: nothing is embedded here."""

import json
import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import mul

from sqlalchemy import Connection, Engine, bindparam, select

from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.provenance.locating import instance_of, located
from adapters.sql.schema import (
    chunk_vectors,
    document_chunks,
    documents,
    embedding_spaces,
    instances,
    projects,
    title_vectors,
)
from adapters.sql.vectors.tables import space_of
from application.ports.document_search import SearchFilter
from application.ports.relatives import ThreadMeaning
from application.ports.vector_index import Meant, VectorIndex
from domain.drift import NoteMeaning
from domain.drift import Vector as Floats
from domain.embedding import EmbeddingSpace
from domain.refs import EntityKind
from domain.timeline import ItemKey

_OF_ITEM = (documents.c.item_kind == bindparam("kind"), documents.c.item_id == bindparam("item_id"))
_TITLES = Prepared(
    select(title_vectors.c.space_id, title_vectors.c.scale, title_vectors.c.vector)
    .join_from(documents, title_vectors, title_vectors.c.document_id == documents.c.id)
    .where(*_OF_ITEM)
)
_CHUNKS = Prepared(
    select(chunk_vectors.c.space_id, chunk_vectors.c.scale, chunk_vectors.c.vector, document_chunks.c.note_gitlab_id)
    .select_from(documents)
    .join(document_chunks, document_chunks.c.document_id == documents.c.id)
    .join(chunk_vectors, chunk_vectors.c.chunk_id == document_chunks.c.id)
    .where(*_OF_ITEM)
    .order_by(document_chunks.c.id)
)
_SPACE = Prepared(select(embedding_spaces).where(embedding_spaces.c.id == bindparam("space_id")))
_ITEMS = Prepared(
    select(documents.c.id, documents.c.item_kind, documents.c.iid, projects.c.path)
    .select_from(documents)
    .join(projects, documents.c.project_id == projects.c.id)
    .join(instances, projects.c.instance_id == instances.c.id)
    .where(among(documents.c.id, "ids"), instances.c.name == bindparam("instance"))
)
_ANYTHING = SearchFilter()
_WIDER = 4
"""An item has many documents, so more are asked for than items are wanted."""


@dataclass(frozen=True, slots=True)
class _Found:
    space: EmbeddingSpace
    description: Floats
    said: Sequence[Row]
    """The passages of notes."""


class SqlMeanings:
    """Port `Meanings`. Of several models whose vectors an item has, the one that was used last counts.

    The index is got when an item has vectors: it takes 60 ms to load, which few answers need.
    """

    def __init__(self, engine: Engine, get_index: Callable[[], VectorIndex]) -> None:
        self._engine = engine
        self._get_index = get_index

    def of_threads(self, instance: str, item: ItemKey) -> ThreadMeaning | None:
        with self._engine.connect() as connection:
            found = _vectors(connection, instance, item)
        return None if found is None else ThreadMeaning(description=found.description, notes=tuple(_notes(found.said)))

    def nearest(self, instance: str, item: ItemKey, *, limit: int) -> tuple[tuple[ItemKey, float], ...]:
        with self._engine.connect() as connection:
            found = _vectors(connection, instance, item)
        if found is None:
            return ()
        index, asked = self._get_index(), array("f", found.description)
        near = [
            one for meant in Meant for one in index.nearest(found.space, asked, meant, _ANYTHING, limit=_WIDER * limit)
        ]
        with self._engine.connect() as connection:
            keys = _items(connection, instance, [one.document_id for one in near])
        best: dict[ItemKey, float] = {}
        for one in near:
            key = keys.get(one.document_id)
            if key is not None and key != item:
                best[key] = max(best.get(key, -1.0), one.similarity)
        return tuple(sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:limit])


def _vectors(connection: Connection, instance: str, item: ItemKey) -> _Found | None:
    """The item's vectors of one space; None where its title or its text has none."""
    for one in located(connection, instance_of(connection, instance), [item]):
        (item_id,) = one.keys
        asked = {"kind": one.kind, "item_id": item_id}
        titles, chunks = list(_TITLES.run(connection, **asked)), list(_CHUNKS.run(connection, **asked))
        used = max((row.space_id for row in (*titles, *chunks)), default=None)
        of_item = [_floats(row) for row in titles if row.space_id == used]
        of_item += [_floats(row) for row in chunks if row.space_id == used and row.note_gitlab_id is None]
        if of_item:
            said = [row for row in chunks if row.space_id == used and row.note_gitlab_id is not None]
            (space,) = _SPACE.run(connection, space_id=used)
            return _Found(space_of(space), _mean(of_item), said)
    return None


def _notes(rows: Iterable[Row]) -> Iterator[NoteMeaning]:
    """A long note is in several chunks. Notes come in the order in which GitLab numbered them."""
    parts: dict[int, list[Floats]] = defaultdict(list)
    for row in rows:
        parts[row.note_gitlab_id].append(_floats(row))
    for note_gitlab_id in sorted(parts):
        yield NoteMeaning(note_gitlab_id=note_gitlab_id, vector=_mean(parts[note_gitlab_id]))


def _items(connection: Connection, instance: str, document_ids: Sequence[int]) -> dict[int, ItemKey]:
    rows = _ITEMS.run(connection, ids=json.dumps(sorted(set(document_ids))), instance=instance)
    return {row.id: ItemKey(row.path, EntityKind(row.item_kind), row.iid) for row in rows}


def _floats(row: Row) -> Floats:
    """One signed byte a dimension, to be multiplied by the scale."""
    scale = row.scale
    return tuple([step * scale for step in array("b", row.vector)])


def _mean(vectors: Sequence[Floats]) -> Floats:
    """At length one, as the vectors themselves are. Most have nothing to be added to."""
    sums = vectors[0] if len(vectors) == 1 else tuple(map(math.fsum, zip(*vectors, strict=True)))
    length = math.sqrt(math.fsum(map(mul, sums, sums)))
    return tuple([value / length for value in sums]) if length else sums
