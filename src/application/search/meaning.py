"""The side of a search that goes by meaning, where there are vectors."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from application.ports.document_search import SearchFilter
from application.ports.embedder import Embedder
from application.ports.vector_index import DocumentMeaning, Meant, NearDocument, VectorIndex
from domain.embedding import EmbeddingSpace, Vector
from domain.errors import EmbedderUnavailable, EmbeddingFailed, EmbeddingModelNotFound

FEWEST = 300
"""So many of the nearest are candidates, at least: an item may have many documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedMeaning:
    """A query as a vector, in a store that has vectors to compare it with."""

    space: EmbeddingSpace
    vector: Vector
    note: str = ""
    """That part of the store has none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMeaning:
    """The documents that are nearest by a passage, and by their title; the best first."""

    by_chunk: Sequence[NearDocument]
    by_title: Sequence[NearDocument]


class MeaningSearch:
    """Finds candidates by meaning; says in words why it cannot, where it cannot.

    The index is got when meanings are asked for: who searches by words needs none of what it loads.
    """

    def __init__(self, *, embedder: Embedder | None, get_index: Callable[[], VectorIndex]) -> None:
        """Without an embedder, by the user's wish, nothing is found by meaning."""
        self._embedder = embedder
        self._get_index = get_index

    def ask(self, text: str) -> AskedMeaning | str:
        """Or why nothing can be found by meaning."""
        if self._embedder is None:
            return "Only words were searched: the configuration wants no embedder (embedding.provider is none)."
        index = self._get_index()
        names = {space.name for space in index.spaces()}
        if not names:
            return _not_embedded("a vector")
        try:
            if self._embedder.name not in names:
                return _not_embedded(f"a vector of {self._embedder.name}")
            vector = self._embedder.embed_query(text)
            space = self._embedder.space  # after the query, whose answer tells a server's dimensions
        except (EmbedderUnavailable, EmbeddingModelNotFound, EmbeddingFailed) as error:
            return f"Only words were searched: {error.message}"
        coverage = index.coverage(space)
        if not coverage.embedded:
            return _not_embedded(f"a vector of {space.name} in {space.dimensions} dimensions")
        note = f"{coverage.missing:,} of {coverage.chunks:,} passages have no vector yet; `lore embed` makes them."
        return AskedMeaning(space=space, vector=vector, note=note if coverage.missing else "")

    def near(self, asked: AskedMeaning, chosen: SearchFilter, *, limit: int) -> NearMeaning:
        wanted, index = max(limit, FEWEST), self._get_index()
        return NearMeaning(
            by_chunk=index.nearest(asked.space, asked.vector, Meant.CHUNK, chosen, limit=wanted),
            by_title=index.nearest(asked.space, asked.vector, Meant.TITLE, chosen, limit=wanted),
        )

    def of(self, asked: AskedMeaning, document_ids: Collection[int]) -> dict[int, DocumentMeaning]:
        return self._get_index().meanings(asked.space, asked.vector, document_ids)


def _not_embedded(vector: str) -> str:
    return f"No passage has {vector} yet, so only words were searched; `lore embed` makes them."
