"""The embed phase without vectors: it remembers which chunks have been embedded."""

from collections.abc import Callable, Sequence

from adapters.memory.content_store import MemoryContentStore
from adapters.memory.locks import MemoryLocks
from application.ports.embedding_stage import EmbeddingOutcome
from application.ports.locks import EMBED
from domain.document_records import Chunk
from domain.errors import LoreError, StoreLocked
from domain.refs import SourceKey


class MemoryEmbeddingStage:
    """Port `EmbeddingStage`, over the documents of a store in memory.

    Knobs: `has_embedder`, `error` (raised once the lock is held) and `on_embed` (called under the lock with the keys
    asked for, so that it can last as long as a test wants). `calls` are the keys and waits that were asked for,
    `whole_at_most` how much was to be read whole (nothing is ever read in part), `embedded` the sources whose chunks
    got vectors, in order.
    """

    def __init__(self, store: MemoryContentStore, locks: MemoryLocks) -> None:
        self._store = store
        self._locks = locks
        self._vectors: set[tuple[SourceKey, str]] = set()
        self.has_embedder = True
        self.error: LoreError | None = None
        self.on_embed: Callable[[Sequence[SourceKey] | None], object] | None = None
        self.calls: list[tuple[tuple[SourceKey, ...] | None, int]] = []
        self.whole_at_most: list[int | None] = []
        self.embedded: list[SourceKey] = []

    def embed(
        self,
        keys: Sequence[SourceKey] | None,
        *,
        wait_ms: int,
        whole_at_most: int | None = None,
    ) -> EmbeddingOutcome:
        self.whole_at_most.append(whole_at_most)
        self.calls.append((None if keys is None else tuple(keys), wait_ms))
        if not self.has_embedder:
            return self._outcome(0, "There is no embedder.")
        try:
            with self._locks.hold(EMBED, wait_ms=wait_ms):
                return self._outcome(self._embed(keys))
        except StoreLocked as error:
            return self._outcome(0, error.message)

    def _embed(self, keys: Sequence[SourceKey] | None) -> int:
        if self.on_embed is not None:
            self.on_embed(keys)
        if self.error is not None:
            raise self.error
        done = 0
        while pending := self._pending(keys):
            for key, chunk in pending:
                self._vectors.add((key, chunk.text))
                done += 1
            self.embedded += dict.fromkeys(key for key, _ in pending)
        return done

    def _pending(self, keys: Sequence[SourceKey] | None) -> list[tuple[SourceKey, Chunk]]:
        return [
            (key, chunk)
            for key, chunks in self._store.chunks().items()
            if keys is None or key in keys
            for chunk in chunks
            if (key, chunk.text) not in self._vectors
        ]

    def _outcome(self, done: int, note: str = "") -> EmbeddingOutcome:
        return EmbeddingOutcome(chunks_embedded=done, pending=len(self._pending(None)), note=note)
