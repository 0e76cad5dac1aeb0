"""The side of a search that goes by meaning, where there are vectors."""

from collections.abc import Collection
from dataclasses import dataclass

from application.ports.document_search import SearchFilter
from application.ports.embedder import Embedder
from application.ports.vector_index import DocumentMeaning, Meant, VectorIndex
from domain.embedding import EmbeddingSpace, Vector
from domain.errors import EmbedderUnavailable, EmbeddingFailed, EmbeddingModelNotFound
from domain.ranking import Scale, scale_of

POOL = 100
"""So many of the nearest are candidates, at least; the last of them tells what is no longer near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedMeaning:
    """A query as a vector, in a store that has vectors to compare it with."""

    space: EmbeddingSpace
    vector: Vector
    note: str = ""
    """That part of the store has none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMeaning:
    document_ids: tuple[int, ...]
    chunk: Scale
    title: Scale


class MeaningSearch:
    """Finds candidates by meaning; says in words why it cannot, where it cannot."""

    def __init__(self, *, embedder: Embedder, index: VectorIndex) -> None:
        self._embedder = embedder
        self._index = index

    def ask(self, text: str) -> AskedMeaning | str:
        """Or why nothing can be found by meaning."""
        try:
            space = self._embedder.space
            coverage = self._index.coverage(space)
            if not coverage.embedded:
                return "No passage has a vector yet, so only words were searched; `lore embed` makes them."
            vector = self._embedder.embed_query(text)
        except (EmbedderUnavailable, EmbeddingModelNotFound, EmbeddingFailed) as error:
            return f"Only words were searched: {error.message}"
        missing = coverage.chunks - coverage.embedded
        note = f"{missing:,} of {coverage.chunks:,} passages have no vector yet; `lore embed` makes them."
        return AskedMeaning(space=space, vector=vector, note=note if missing else "")

    def near(self, asked: AskedMeaning, chosen: SearchFilter, *, limit: int) -> NearMeaning:
        wanted = max(limit, POOL)
        chunks = self._index.nearest(asked.space, asked.vector, Meant.CHUNK, chosen, limit=wanted)
        titles = self._index.nearest(asked.space, asked.vector, Meant.TITLE, chosen, limit=wanted)
        ids = dict.fromkeys(near.document_id for near in (*chunks, *titles))
        return NearMeaning(
            document_ids=tuple(ids),
            chunk=scale_of([near.similarity for near in chunks], pool=POOL),
            title=scale_of([near.similarity for near in titles], pool=POOL),
        )

    def of(self, asked: AskedMeaning, document_ids: Collection[int]) -> dict[int, DocumentMeaning]:
        return self._index.meanings(asked.space, asked.vector, document_ids)
