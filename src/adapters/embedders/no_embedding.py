"""The embed phase where the user wants no embedder."""

from collections.abc import Sequence

from application.ports.embedding_stage import EmbeddingOutcome
from domain.refs import SourceKey


class NoEmbedding:
    """Port `EmbeddingStage`: embeds nothing, and since that is wanted, there is nothing to say about it."""

    def embed(
        self,
        keys: Sequence[SourceKey] | None,  # noqa: ARG002 - the port's
        *,
        wait_ms: int,  # noqa: ARG002 - the port's
        whole_at_most: int | None = None,  # noqa: ARG002 - the port's
    ) -> EmbeddingOutcome:
        return EmbeddingOutcome(chunks_embedded=0, pending=0)
