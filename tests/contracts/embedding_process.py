"""A process that embeds a store until it is killed; `python -m contracts.embedding_process DATABASE TEXTS [few]`.

With `few` as the most passages that are read whole at once, more of them are read in part first."""

import sys
from collections.abc import Sequence
from pathlib import Path

from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.progress import MemoryProgress
from adapters.sql.database import open_database
from adapters.sql.vectors.store import SqlVectorStore
from adapters.system.clock import SystemClock
from application.embedding import readings
from application.embedding.embed_documents import EmbedDocuments
from application.ports.embedder import Reading
from contracts.store_processes import locks_on
from domain.embedding import Vector


class SayingEmbedder(MemoryEmbedder):
    """Says how many texts it was given, and waits to be killed after some."""

    def __init__(self, most: int) -> None:
        super().__init__(quick_words=1)
        self._most = most

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        vectors = super().embed_documents(texts)
        self._say()
        return vectors

    def read_quickly(self, texts: Sequence[str]) -> Sequence[Reading]:
        found = super().read_quickly(texts)
        self._say()
        return found

    def _say(self) -> None:
        given = len(self.embedded) + len(self.read_in_part)
        sys.stdout.write(f"{given}\n")
        sys.stdout.flush()
        if given >= self._most:
            sys.stdin.read()


def embed_for_ever(database: Path, most: int, few: int = 100) -> None:
    readings.BATCH, readings.FEW = 2, few
    with open_database(f"sqlite:///{database}") as engine:
        stage = EmbedDocuments(
            embedder=SayingEmbedder(most),
            vectors=SqlVectorStore(engine, SystemClock()),
            locks=locks_on(engine, database),
            cancellation=MemoryCancellation(),
            progress=MemoryProgress(),
        )
        stage.embed(None, wait_ms=0)


if __name__ == "__main__":
    embed_for_ever(Path(sys.argv[1]), *map(int, sys.argv[2:]))
