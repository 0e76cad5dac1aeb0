"""Turning texts into vectors whose nearness is nearness of meaning."""

from collections.abc import Sequence
from typing import Protocol

from domain.embedding import EmbeddingSpace, Vector


class Embedder(Protocol):
    """Equal texts have equal vectors, up to rounding. Raises `EmbedderUnavailable`, `EmbeddingModelNotFound` or
    `EmbeddingFailed`."""

    @property
    def space(self) -> EmbeddingSpace:
        """May ask a server, or load the model, when it is first asked for."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        """One vector for each text, in order; a text longer than the model reads counts by its beginning."""
        ...

    def embed_query(self, text: str) -> Vector: ...
