"""How much of the store has vectors, counted from indexes alone."""

from sqlalchemy import Connection, bindparam, func, select, text

from adapters.sql.prepared import Prepared
from adapters.sql.schema import chunk_vectors, document_chunks, documents, embedding_spaces, title_vectors
from adapters.sql.vectors.tables import HAS_TITLE, space_id, space_of
from application.ports.store_health import ModelCoverage
from application.ports.vector_index import Coverage
from domain.embedding import EmbeddingSpace

_VECTORS = select(func.count()).select_from(chunk_vectors)
_OF_SPACE = chunk_vectors.c.space_id == bindparam("space_id")
_CHUNKS = Prepared(select(func.count()).select_from(document_chunks))
_EMBEDDED = {False: Prepared(_VECTORS), True: Prepared(_VECTORS.where(_OF_SPACE))}
READ_IN_PART = text("chunk_vectors.in_part")
"""As the index `chunk_vectors_in_part` has it: with `= 1` behind it, all vectors would be read."""
_IN_PART = {
    False: Prepared(_VECTORS.where(READ_IN_PART)),
    True: Prepared(_VECTORS.where(_OF_SPACE, READ_IN_PART)),
}

_OF_EACH_SPACE = chunk_vectors.c.space_id == embedding_spaces.c.id
_BY_MODEL = Prepared(
    select(
        embedding_spaces,
        _VECTORS.where(_OF_EACH_SPACE).scalar_subquery().label("embedded"),
        _VECTORS.where(_OF_EACH_SPACE, READ_IN_PART).scalar_subquery().label("in_part"),
        select(func.count())
        .select_from(title_vectors)
        .where(title_vectors.c.space_id == embedding_spaces.c.id)
        .scalar_subquery()
        .label("titles"),
    ).order_by(text("embedded DESC"), embedding_spaces.c.id)
)
_TITLES = Prepared(select(func.count()).select_from(documents).where(HAS_TITLE))


def coverage_by_model(connection: Connection) -> tuple[ModelCoverage, ...]:
    """Of every space that has a vector, the most used first."""
    chunks, titles = _CHUNKS.run(connection).scalar(), _TITLES.run(connection).scalar()
    return tuple(
        ModelCoverage(
            space=space_of(row),
            embedded=row.embedded,
            in_part=row.in_part,
            pending=chunks - row.embedded,
            titles_embedded=row.titles,
            titles_pending=titles - row.titles,
        )
        for row in _BY_MODEL.run(connection)
        if row.embedded or row.titles
    )


def coverage_of(connection: Connection, space: EmbeddingSpace | None) -> Coverage:
    """With None: of any space."""
    chunks = _CHUNKS.run(connection).scalar()
    if space is None:
        return _counted(connection, chunks, of_space=False)
    number = space_id(connection, space)
    if number is None:
        return Coverage(chunks=chunks, embedded=0)
    return _counted(connection, chunks, of_space=True, number=number)


def _counted(connection: Connection, chunks: int, *, of_space: bool, number: int | None = None) -> Coverage:
    asked = {"space_id": number} if of_space else {}
    return Coverage(
        chunks=chunks,
        embedded=_EMBEDDED[of_space].run(connection, **asked).scalar(),
        in_part=_IN_PART[of_space].run(connection, **asked).scalar(),
    )
