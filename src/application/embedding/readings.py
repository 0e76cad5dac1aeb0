"""Reading the passages of documents: all of them quickly where they are many, then each to its end."""

from collections.abc import Iterator, Sequence

from application.ports.cancellation import Cancellation
from application.ports.embedder import Embedder, QuickReader, Reading
from application.ports.locks import Lease
from application.ports.progress import Progress
from application.ports.vector_index import Meant
from application.ports.vector_store import EmbeddedText, VectorStore, Wanted
from domain.embedding import EmbeddingSpace
from domain.refs import SourceKey

FEW = 1_000
"""Passages that are read whole at once, in some 20 seconds: what a day brings is never read in part."""
BATCH = 256
"""Texts in one transaction: what a killed run has to do again, some 5 seconds' work."""
AT_ONCE = 64
"""Of these, so many are given to the embedder in one piece; between them somebody may stop the run."""


class Readings:
    """One run's work, under its lease; counts the chunks that are done, also of a run that fails."""

    def __init__(
        self, embedder: Embedder, vectors: VectorStore, cancellation: Cancellation, progress: Progress
    ) -> None:
        self._embedder = embedder
        self._vectors = vectors
        self._cancellation = cancellation
        self._progress = progress
        self.embedded = 0
        """Chunks that had no vector."""
        self.read_whole = 0
        """Chunks that had one of their beginning."""

    def first(self, lease: Lease, space: EmbeddingSpace, keys: Sequence[SourceKey] | None) -> None:
        """Give everything a vector. The list is read again until it is empty: others may have written documents
        meanwhile (C11)."""
        tried: set[Wanted] = set()
        while wanted := [one for one in self._vectors.wanted(space, keys) if one not in tried]:
            tried.update(wanted)
            titles = [one for one in wanted if one.meant is Meant.TITLE]
            chunks = [one for one in wanted if one.meant is Meant.CHUNK]
            quick = self._embedder.quick_reader if len(chunks) > FEW else None
            self._progress.stage("embed", total=len(chunks))
            for batch in self._batches(titles):
                self._read(lease, space, batch)
            for batch in self._batches(chunks):
                done = self._read(lease, space, batch, quick)
                self.embedded += done
                self._progress.advance(done)

    def whole(
        self, lease: Lease, space: EmbeddingSpace, keys: Sequence[SourceKey] | None, *, at_most: int | None
    ) -> None:
        """Read to their end the passages of which only the beginning was read, `at_most` of them or all."""
        tried: set[Wanted] = set()
        while left := [one for one in self._vectors.read_in_part(space, keys) if one not in tried]:
            due = left if at_most is None else left[: at_most - len(tried)]
            if not due:
                return
            tried.update(due)
            self._progress.stage("read whole", total=len(due))
            for batch in self._batches(due):
                done = self._read(lease, space, batch)
                self.read_whole += done
                self._progress.advance(done)

    def _batches(self, wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
        for start in range(0, len(wanted), BATCH):
            self._cancellation.check()
            yield wanted[start : start + BATCH]

    def _read(
        self, lease: Lease, space: EmbeddingSpace, batch: Sequence[Wanted], quick: QuickReader | None = None
    ) -> int:
        """Returns how many chunks got a vector."""
        by_length = sorted(self._vectors.texts(batch).items(), key=lambda one: len(one[1]))  # alike ones are fastest
        embedded: list[EmbeddedText] = []
        for start in range(0, len(by_length), AT_ONCE):
            self._cancellation.check()
            some = by_length[start : start + AT_ONCE]
            readings = self._readings([text for _, text in some], quick)
            embedded += [
                EmbeddedText(wanted=wanted, text=text, vector=reading.vector, is_whole=reading.is_whole)
                for (wanted, text), reading in zip(some, readings, strict=True)
            ]
        return self._vectors.put(lease, space, embedded)

    def _readings(self, texts: Sequence[str], quick: QuickReader | None) -> Sequence[Reading]:
        if quick is not None:
            return quick.read_quickly(texts)
        return [Reading(vector=vector, is_whole=True) for vector in self._embedder.embed_documents(texts)]
