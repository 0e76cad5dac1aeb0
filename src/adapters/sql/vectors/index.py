"""Port `VectorIndex`: sign bits are scanned, the best judged by their bytes.

What another process committed counts from the next call on, and a killed one leaves nothing to mend.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, Engine, and_, bindparam, exists, select

from adapters.sql import vector_kernel as kernel
from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.schema import chunk_vectors, document_chunks, documents, embedding_spaces, title_vectors
from adapters.sql.unchanged import Remembered
from adapters.sql.vectors.coverage import coverage_of
from adapters.sql.vectors.filtered_scan import DocumentFilter, Scan, nearest_places, read_all_passing
from adapters.sql.vectors.remembered_signs import RememberedSigns
from adapters.sql.vectors.tables import VECTORS, space_id, space_of
from application.ports.document_search import SearchFilter
from application.ports.vector_index import Coverage, DocumentMeaning, Meant, NearDocument
from domain.embedding import EmbeddingSpace, Vector

MANY = 500_000
"""From here on the sign bits of more candidates are judged."""
JUDGED, JUDGED_OF_MANY = 300, 1_000

_CHUNKS = select(document_chunks.c.document_id, chunk_vectors.c.scale, chunk_vectors.c.vector).join(
    document_chunks, document_chunks.c.id == chunk_vectors.c.chunk_id
)
_TITLES = select(title_vectors.c.document_id, title_vectors.c.scale, title_vectors.c.vector)
_VECTORS_OF = {Meant.CHUNK: _CHUNKS, Meant.TITLE: _TITLES}
Found: TypeAlias = tuple[int, float, bytes]
"""Whose a vector is, its scale and its bytes."""
_SOME = {
    meant: Prepared(
        statement.where(VECTORS[meant].table.c.space_id == bindparam("space_id"), among(VECTORS[meant].key, "keys"))
    )
    for meant, statement in _VECTORS_OF.items()
}
_ALL = {
    meant: Prepared(statement.where(VECTORS[meant].table.c.space_id == bindparam("space_id")))
    for meant, statement in _VECTORS_OF.items()
}
_OF_DOCUMENTS = Prepared(
    select(
        chunk_vectors.c.scale, chunk_vectors.c.vector, document_chunks.c.document_id, document_chunks.c.note_gitlab_id
    )
    .join(document_chunks, document_chunks.c.id == chunk_vectors.c.chunk_id)
    .where(
        chunk_vectors.c.space_id + 0 == bindparam("space_id"),  # not by the index on it, which holds all there is
        among(document_chunks.c.document_id, "ids"),
    )
)
_own = documents.alias("own")
_ITEMS = Prepared(
    select(documents.c.id, documents.c.item_kind, documents.c.item_id, title_vectors.c.scale, title_vectors.c.vector)
    .outerjoin(
        _own,
        and_(
            _own.c.source_type == documents.c.item_kind,
            _own.c.source_id == documents.c.item_id,
        ),
    )
    .outerjoin(
        title_vectors,
        and_(title_vectors.c.document_id == _own.c.id, title_vectors.c.space_id == bindparam("space_id")),
    )
    .where(among(documents.c.id, "ids"))
)
_SPACES = Prepared(select(embedding_spaces).where(exists().where(chunk_vectors.c.space_id == embedding_spaces.c.id)))
_NO_SPACE = -1


class SqlVectorIndex:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._signs = RememberedSigns()
        self._coverage = Remembered(coverage_of)
        self._all_passing = Remembered(read_all_passing)

    def coverage(self, space: EmbeddingSpace) -> Coverage:
        with self._engine.connect() as connection:
            return self._coverage.of(connection, space)

    def spaces(self) -> Collection[EmbeddingSpace]:
        with self._engine.connect() as connection:
            return [space_of(row) for row in _SPACES.run(connection)]

    def nearest(
        self,
        space: EmbeddingSpace,
        vector: Vector,
        meant: Meant,
        chosen: SearchFilter,
        *,
        limit: int,
        exact: bool = False,
    ) -> Sequence[NearDocument]:
        with self._engine.connect() as connection:
            number = space_id(connection, space)
            if number is None:
                return ()
            passing = DocumentFilter(connection, chosen, self._all_passing)
            if exact:
                rows: Sequence[Found] = _ALL[meant].run(connection, space_id=number).plain()
            else:
                signs = self._signs.of(connection, number, meant)
                scan = Scan(signs=signs, differing=kernel.differing_signs(vector, signs.bits))
                rows = _candidates(connection, number, meant, scan, passing, limit)
            return _ranked(vector, rows, passing)[:limit]

    def meanings(
        self, space: EmbeddingSpace, vector: Vector, document_ids: Collection[int]
    ) -> dict[int, DocumentMeaning]:
        with self._engine.connect() as connection:
            number = space_id(connection, space)
            asked = {"space_id": _NO_SPACE if number is None else number, "ids": json.dumps(list(document_ids))}
            chunks = list(_OF_DOCUMENTS.run(connection, **asked))
            items = list(_ITEMS.run(connection, **asked))
        best = _best_chunks(vector, chunks)
        titles = _titles(vector, items)
        return {
            row.id: DocumentMeaning(
                item=(row.item_kind, row.item_id),
                chunk=best[row.id][0] if row.id in best else None,
                note_gitlab_id=best[row.id][1] if row.id in best else None,
                title=titles.get(row.id),
            )
            for row in items
        }


def _candidates(
    connection: Connection, number: int, meant: Meant, scan: Scan, passing: DocumentFilter, limit: int
) -> Sequence[Found]:
    """The vectors of the nearest entries; of more, where many of these have no vector any more."""
    wanted = max(limit, JUDGED_OF_MANY if len(scan.signs.keys) > MANY else JUDGED)
    while True:
        keys: list[int] = scan.signs.keys[nearest_places(scan, passing, wanted=wanted)].tolist()
        rows = _SOME[meant].run(connection, space_id=number, keys=json.dumps(keys)).plain()
        if 2 * len(rows) >= len(keys) or len(keys) < wanted:
            return rows
        wanted *= 4


def _ranked(vector: Vector, found: Sequence[Found], passing: DocumentFilter) -> list[NearDocument]:
    """Best first, each document by its best vector; a row may be another document's than its entry was."""
    owners = kernel.whole_numbers(owner for owner, *_ in found)
    inside = set(passing.passing(owners).tolist())
    near = kernel.similarities(vector, [scale for _, scale, _ in found], [steps for *_, steps in found])
    best: dict[int, float] = {}
    for owner, similarity in zip(owners.tolist(), near.tolist(), strict=True):
        if owner in inside and similarity > best.get(owner, -2.0):
            best[owner] = similarity
    ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))
    return [NearDocument(document_id=owner, similarity=similarity) for owner, similarity in ranked]


def _best_chunks(vector: Vector, rows: Sequence[Row]) -> dict[int, tuple[float, int | None]]:
    near = kernel.similarities(vector, [row.scale for row in rows], [row.vector for row in rows])
    best: dict[int, tuple[float, int | None]] = {}
    for row, similarity in zip(rows, near.tolist(), strict=True):
        if row.document_id not in best or similarity > best[row.document_id][0]:
            best[row.document_id] = (similarity, row.note_gitlab_id)
    return best


def _titles(vector: Vector, rows: Iterable[Row]) -> dict[int, float]:
    known = [row for row in rows if row.vector is not None]
    near = kernel.similarities(vector, [row.scale for row in known], [row.vector for row in known])
    return {row.id: similarity for row, similarity in zip(known, near.tolist(), strict=True)}
