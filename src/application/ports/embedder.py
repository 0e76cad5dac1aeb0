"""Turning texts into vectors whose nearness is nearness of meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.embedding import EmbeddingSpace, Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    vector: Vector
    is_whole: bool
    """That the text was so short that nothing of it was left out."""


class QuickReader(Protocol):
    """Reads no more of a text than its beginning, several times as fast as all of it would be read."""

    def read_quickly(self, texts: Sequence[str]) -> Sequence[Reading]:
        """One reading for each text, in order, of the embedder's own space; of a whole one the vector is what
        `embed_documents` gives. Raises what the embedder does."""
        ...


class Embedder(Protocol):
    """Equal texts have equal vectors, up to rounding. Raises `EmbedderUnavailable`, `EmbeddingModelNotFound` or
    `EmbeddingFailed`."""

    @property
    def name(self) -> str:
        """The name of its space. May ask a server, but embeds nothing and loads no model."""
        ...

    @property
    def space(self) -> EmbeddingSpace:
        """May ask a server, or load the model, when it is first asked for; after something was embedded it costs less
        than before."""
        ...

    @property
    def quick_reader(self) -> QuickReader | None:
        """None: there is no quicker way than to embed, as with servers, which are paid or waited for by the text."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        """One vector for each text, in order; a text longer than the model reads counts by its beginning."""
        ...

    def embed_query(self, text: str) -> Vector: ...
