"""A process that embeds a store until it is killed; `python -m contracts.embedding_process DATABASE TEXTS`."""

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
from contracts.store_processes import locks_on
from domain.embedding import Vector


class SayingEmbedder(MemoryEmbedder):
    """Says how many texts it was given, and waits to be killed after some."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        vectors = super().embed_documents(texts)
        sys.stdout.write(f"{len(self.embedded)}\n")
        sys.stdout.flush()
        if len(self.embedded) >= self._most:
            sys.stdin.read()
        return vectors


def embed_for_ever(database: Path, most: int) -> None:
    readings.BATCH = 2
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
    embed_for_ever(Path(sys.argv[1]), int(sys.argv[2]))
