"""The embed phase where there is no embedder."""

from collections.abc import Sequence

from application.ports.embedding_stage import EmbeddingOutcome
from domain.refs import SourceKey


class NoEmbedding:
    """Port `EmbeddingStage`: embeds nothing and says why."""

    def __init__(self, why: str) -> None:
        self._why = why

    def embed(self, keys: Sequence[SourceKey] | None, *, wait_ms: int) -> EmbeddingOutcome:  # noqa: ARG002 - the port's
        return EmbeddingOutcome(chunks_embedded=0, pending=0, note=self._why)
