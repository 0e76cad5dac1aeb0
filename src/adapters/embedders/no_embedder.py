"""Where the configuration names no embedder."""

from collections.abc import Sequence

from domain.embedding import EmbeddingSpace, Vector
from domain.errors import EmbedderUnavailable


class NoEmbedder:
    """Port `Embedder`: says of everything why it cannot."""

    def __init__(self, why: str) -> None:
        self._why = why

    @property
    def space(self) -> EmbeddingSpace:
        raise self._unavailable()

    @property
    def quick_reader(self) -> None:
        return None

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:  # noqa: ARG002 - the port's
        raise self._unavailable()

    def embed_query(self, text: str) -> Vector:  # noqa: ARG002 - the port's
        raise self._unavailable()

    def _unavailable(self) -> EmbedderUnavailable:
        return EmbedderUnavailable(self._why, suggestion="Set embedding.provider, for instance to builtin.")
