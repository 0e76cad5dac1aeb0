"""Embed the documents that have no vectors yet."""

from collections.abc import Sequence

from application.embedding.readings import Readings
from application.ports.cancellation import Cancellation
from application.ports.embedder import Embedder
from application.ports.embedding_stage import EmbeddingOutcome
from application.ports.locks import EMBED, Locks
from application.ports.progress import Progress
from application.ports.vector_index import Coverage
from application.ports.vector_store import VectorStore
from domain.embedding import EmbeddingSpace
from domain.errors import EmbedderUnavailable, EmbeddingFailed, EmbeddingModelNotFound, StoreLocked
from domain.refs import SourceKey


class EmbedDocuments:
    """Port `EmbeddingStage`. What was embedded is kept batch by batch, so that a run that died goes on where it was."""

    def __init__(
        self,
        *,
        embedder: Embedder,
        vectors: VectorStore,
        locks: Locks,
        cancellation: Cancellation,
        progress: Progress,
    ) -> None:
        self._embedder = embedder
        self._vectors = vectors
        self._locks = locks
        self._cancellation = cancellation
        self._progress = progress

    def embed(
        self, keys: Sequence[SourceKey] | None, *, wait_ms: int, whole_at_most: int | None = None
    ) -> EmbeddingOutcome:
        space: EmbeddingSpace | None = None
        readings = Readings(self._embedder, self._vectors, self._cancellation, self._progress)
        try:
            space = self._embedder.space
            with self._locks.hold(EMBED, wait_ms=wait_ms) as lease:
                readings.first(lease, space, keys)
                readings.whole(lease, space, keys, at_most=whole_at_most)
                if readings.embedded or readings.read_whole:
                    self._vectors.tidy(lease)
        except (StoreLocked, EmbedderUnavailable, EmbeddingModelNotFound, EmbeddingFailed) as error:
            return _outcome(readings, self._vectors.coverage(space), f"Not everything was embedded: {error.message}")
        coverage = self._vectors.coverage(space)
        return _outcome(readings, coverage, _rest(coverage) if keys is None else "")


def _outcome(readings: Readings, coverage: Coverage, note: str) -> EmbeddingOutcome:
    return EmbeddingOutcome(
        chunks_embedded=readings.embedded,
        chunks_read_whole=readings.read_whole,
        pending=coverage.missing,
        in_part=coverage.in_part,
        note=note,
    )


def _rest(coverage: Coverage) -> str:
    if not coverage.in_part:
        return ""
    return f"{coverage.in_part:,} of {coverage.chunks:,} passages are read in part; `lore embed` reads the rest."
