"""Embed the documents that have no vectors yet."""

from collections.abc import Iterator, Sequence

from application.ports.cancellation import Cancellation
from application.ports.embedder import Embedder
from application.ports.embedding_stage import EmbeddingOutcome
from application.ports.locks import EMBED, Lease, Locks
from application.ports.progress import Progress
from application.ports.vector_index import Meant
from application.ports.vector_store import EmbeddedText, VectorStore, Wanted
from domain.embedding import EmbeddingSpace
from domain.errors import EmbedderUnavailable, EmbeddingFailed, EmbeddingModelNotFound, StoreLocked
from domain.refs import SourceKey

BATCH = 64
"""Texts in one transaction: what a killed run has to do again."""


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

    def embed(self, keys: Sequence[SourceKey] | None, *, wait_ms: int) -> EmbeddingOutcome:
        space: EmbeddingSpace | None = None
        done = 0
        try:
            space = self._embedder.space
            with self._locks.hold(EMBED, wait_ms=wait_ms) as lease:
                for embedded in self._batches(lease, space, keys):
                    done += embedded
                if done:
                    self._vectors.tidy(lease)
        except (StoreLocked, EmbedderUnavailable, EmbeddingModelNotFound, EmbeddingFailed) as error:
            return self._outcome(space, done, f"Not everything was embedded: {error.message}")
        return self._outcome(space, done)

    def _batches(self, lease: Lease, space: EmbeddingSpace, keys: Sequence[SourceKey] | None) -> Iterator[int]:
        """The list is read again until it is empty: others may have written documents meanwhile (C11)."""
        tried: set[Wanted] = set()
        while wanted := [one for one in self._vectors.wanted(space, keys) if one not in tried]:
            self._progress.stage("embed", total=sum(one.meant is Meant.CHUNK for one in wanted))
            for start in range(0, len(wanted), BATCH):
                self._cancellation.check()
                batch = wanted[start : start + BATCH]
                tried.update(batch)
                embedded = self._embed(lease, space, batch)
                self._progress.advance(embedded)
                yield embedded

    def _embed(self, lease: Lease, space: EmbeddingSpace, batch: Sequence[Wanted]) -> int:
        texts = self._vectors.texts(batch)
        vectors = self._embedder.embed_documents(list(texts.values()))
        embedded = [
            EmbeddedText(wanted=wanted, text=text, vector=vector)
            for (wanted, text), vector in zip(texts.items(), vectors, strict=True)
        ]
        return self._vectors.put(lease, space, embedded)

    def _outcome(self, space: EmbeddingSpace | None, done: int, note: str = "") -> EmbeddingOutcome:
        return EmbeddingOutcome(chunks_embedded=done, pending=self._vectors.pending(space), note=note)
