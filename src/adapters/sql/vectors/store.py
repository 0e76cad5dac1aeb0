"""Port `VectorStore`: vectors and their packed sign bits, always changed together."""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, bindparam, delete, exists, insert, select

from adapters.sql import vector_kernel as kernel
from adapters.sql.connections import for_writing
from adapters.sql.content.dirty_sources import ids_by_type
from adapters.sql.leases import check_lease
from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import chunk_vectors, document_chunks, documents, embedding_spaces, title_vectors
from adapters.sql.vectors import segments
from adapters.sql.vectors.coverage import READ_IN_PART, coverage_of
from adapters.sql.vectors.tables import HAS_TITLE, VECTORS, registered_space_id, space_id
from application.ports.clock import Clock
from application.ports.locks import Lease
from application.ports.vector_index import Coverage, Meant
from application.ports.vector_store import EmbeddedText, Wanted
from domain.embedding import EmbeddingSpace
from domain.refs import SourceKey

_NO_SPACE = -1
_NO_CHUNK_VECTOR = ~exists().where(
    chunk_vectors.c.chunk_id == document_chunks.c.id, chunk_vectors.c.space_id == bindparam("space_id")
)
_NO_TITLE_VECTOR = ~exists().where(
    title_vectors.c.document_id == documents.c.id, title_vectors.c.space_id == bindparam("space_id")
)
_CHUNKS = (
    select(document_chunks.c.id)
    .join(documents, documents.c.id == document_chunks.c.document_id)
    .where(_NO_CHUNK_VECTOR)
    .order_by(documents.c.updated_at.desc(), document_chunks.c.id)
)
_IN_PART = (
    select(chunk_vectors.c.chunk_id)
    .join(document_chunks, document_chunks.c.id == chunk_vectors.c.chunk_id)
    .join(documents, documents.c.id == document_chunks.c.document_id)
    .where(chunk_vectors.c.space_id == bindparam("space_id"), READ_IN_PART)
    .order_by(documents.c.updated_at.desc(), document_chunks.c.id)
)
_TITLES = (
    select(documents.c.id).where(HAS_TITLE, _NO_TITLE_VECTOR).order_by(documents.c.updated_at.desc(), documents.c.id)
)
_WANTED = {Meant.TITLE: Prepared(_TITLES), Meant.CHUNK: Prepared(_CHUNKS)}
_WANTED_OF = {
    Meant.TITLE: Prepared(_TITLES.where(among(documents.c.id, "ids"))),
    Meant.CHUNK: Prepared(_CHUNKS.where(among(documents.c.id, "ids"))),
}
_READ_IN_PART = Prepared(_IN_PART)
_READ_IN_PART_OF = Prepared(_IN_PART.where(among(documents.c.id, "ids")))
_SOURCES = Prepared(
    select(documents.c.id).where(
        documents.c.source_type == bindparam("source_type"), among(documents.c.source_id, "source_ids")
    )
)
_TEXTS = {
    Meant.TITLE: Prepared(
        select(documents.c.id.label("key"), documents.c.title.label("text"), documents.c.id.label("document_id")).where(
            among(documents.c.id, "keys")
        )
    ),
    Meant.CHUNK: Prepared(
        select(document_chunks.c.id.label("key"), document_chunks.c.text, document_chunks.c.document_id).where(
            among(document_chunks.c.id, "keys")
        )
    ),
}
_PUT = {
    meant: Prepared(insert(each.table).prefix_with("OR REPLACE"), columns=each.table.columns.keys())
    for meant, each in VECTORS.items()
}
_DROP_EMPTY_SPACES = Prepared(
    delete(embedding_spaces).where(
        *(~exists().where(each.table.c.space_id == embedding_spaces.c.id) for each in VECTORS.values())
    )
)


class SqlVectorStore:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._clock = clock

    def wanted(self, space: EmbeddingSpace, keys: Collection[SourceKey] | None) -> Sequence[Wanted]:
        with self._engine.connect() as connection:
            number = _number(connection, space)
            if keys is None:
                found = {meant: each.run(connection, space_id=number) for meant, each in _WANTED.items()}
            else:
                ids = json.dumps(_document_ids(connection, keys))
                found = {meant: each.run(connection, space_id=number, ids=ids) for meant, each in _WANTED_OF.items()}
            return [Wanted(meant=meant, key=key) for meant, rows in found.items() for key in rows.scalars()]

    def read_in_part(self, space: EmbeddingSpace, keys: Collection[SourceKey] | None) -> Sequence[Wanted]:
        with self._engine.connect() as connection:
            number = _number(connection, space)
            if keys is None:
                found = _READ_IN_PART.run(connection, space_id=number)
            else:
                ids = json.dumps(_document_ids(connection, keys))
                found = _READ_IN_PART_OF.run(connection, space_id=number, ids=ids)
            return [Wanted(meant=Meant.CHUNK, key=key) for key in found.scalars()]

    def texts(self, wanted: Sequence[Wanted]) -> dict[Wanted, str]:
        with self._engine.connect() as connection:
            return {one: text for one, (text, _) in _texts(connection, wanted).items()}

    def put(self, lease: Lease, space: EmbeddingSpace, embedded: Sequence[EmbeddedText]) -> int:
        with self._writing(lease) as connection:
            present = _texts(connection, [one.wanted for one in embedded])
            fitting = [one for one in embedded if present.get(one.wanted, ("", 0))[0] == one.text]
            number = registered_space_id(connection, space)
            for meant in Meant:
                owned = [(one, present[one.wanted][1]) for one in fitting if one.wanted.meant is meant]
                _put(connection, number, meant, owned)
        return sum(one.wanted.meant is Meant.CHUNK for one in fitting)

    def tidy(self, lease: Lease) -> None:
        with self._engine.connect() as connection:
            found = segments.to_be_looked_through(connection)
        for segment in found:
            with self._engine.connect() as connection:
                due = segments.is_mostly_dead(connection, segment)
            if due:
                with self._writing(lease) as connection:
                    segments.compact(connection, segment)
        with self._writing(lease) as connection:
            _DROP_EMPTY_SPACES.run(connection)

    def coverage(self, space: EmbeddingSpace | None) -> Coverage:
        with self._engine.connect() as connection:
            return coverage_of(connection, space)

    @contextmanager
    def _writing(self, lease: Lease) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            check_lease(connection, lease, self._clock.now_ms())
            yield connection


def _number(connection: Connection, space: EmbeddingSpace) -> int:
    found = space_id(connection, space)
    return _NO_SPACE if found is None else found


def _document_ids(connection: Connection, keys: Collection[SourceKey]) -> list[int]:
    return [
        number
        for source_type, ids in ids_by_type(list(keys)).items()
        for number in _SOURCES.run(connection, source_type=source_type, source_ids=json.dumps(ids)).scalars()
    ]


def _texts(connection: Connection, wanted: Sequence[Wanted]) -> dict[Wanted, tuple[str, int]]:
    """Text and document of each that is still there."""
    return {
        Wanted(meant=meant, key=row.key): (row.text, row.document_id)
        for meant, texts in _TEXTS.items()
        for row in texts.run(connection, keys=json.dumps([one.key for one in wanted if one.meant is meant]))
    }


def _put(connection: Connection, number: int, meant: Meant, owned: Sequence[tuple[EmbeddedText, int]]) -> None:
    key_name = VECTORS[meant].key.name
    rows, entries = [], []
    for one, document_id in owned:
        scale, steps = kernel.quantised(one.vector)
        row = {key_name: one.wanted.key, "space_id": number, "scale": scale, "vector": steps}
        rows.append(row | {"in_part": not one.is_whole})
        bits = kernel.sign_bits(one.vector)
        entries.append(segments.Entry(key=one.wanted.key, document_id=document_id, bits=bits))
    _PUT[meant].each(connection, rows)
    segments.put(connection, number, meant, entries)
