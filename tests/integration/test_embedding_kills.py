"""Processes that are killed while they embed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.progress import MemoryProgress
from adapters.sql.content_store import SqlContentStore
from adapters.sql.database import open_database
from adapters.sql.reading.document_search import SqlDocumentSearch
from adapters.sql.vectors.index import SqlVectorIndex
from adapters.sql.vectors.store import SqlVectorStore
from adapters.system.clock import SystemClock
from application.embedding.embed_documents import EmbedDocuments
from contracts.store_processes import heard, locks_on
from contracts.vector_scene import VectorScene

DOCUMENTS = 6


class Ports:
    def __init__(self, engine: Engine, database: Path) -> None:
        self.store = SqlContentStore(engine, SystemClock())
        self.locks = locks_on(engine, database)
        self.index = SqlVectorIndex(engine)
        self.vectors = SqlVectorStore(engine, SystemClock())
        self.search = SqlDocumentSearch(engine)


def killed_after(database: Path, texts: int, *few: int) -> None:
    """Embeds two texts a transaction, and is killed before those that come last are kept."""
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-m", "contracts.embedding_process", str(database), str(texts), *map(str, few)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | paths,
    ) as process:
        while int(heard(process)) < texts:
            pass
        process.kill()


def counted(engine: Engine, statement: str) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql(statement).scalar_one() or 0)


@pytest.mark.requirement("search:embed-resumes", "surgical:C11")
@pytest.mark.parametrize("texts", [2, 6, 10])
def test_a_killed_run_keeps_whole_batches_and_the_next_goes_on_without_repair(database: Path, texts: int) -> None:
    with open_database(f"sqlite:///{database}") as engine:
        scene = VectorScene(Ports(engine, database))
        for iid in range(1, DOCUMENTS + 1):
            scene.write(iid, f"title {iid}", f"passage number {iid}")
        killed_after(database, texts)
        vectors = counted(engine, "SELECT (SELECT count(*) FROM chunk_vectors) + (SELECT count(*) FROM title_vectors)")
        assert vectors == texts - 2
        assert counted(engine, "SELECT sum(size) FROM vector_segments") == vectors
        embedder = MemoryEmbedder()
        stage = EmbedDocuments(
            embedder=embedder,
            vectors=scene.ports.vectors,
            locks=scene.ports.locks,
            cancellation=MemoryCancellation(),
            progress=MemoryProgress(),
        )
        assert stage.embed(None, wait_ms=0).pending == 0
        assert len(embedder.embedded) == 2 * DOCUMENTS - vectors
        assert scene.nearest("passage number 3")[0] == "#3"


@pytest.mark.requirement("search:embed-resumes", "search:quick-reading", "surgical:C11")
@pytest.mark.parametrize("texts", [8, 12, 14, 18])
def test_killed_while_it_reads_in_part_or_whole_it_goes_on_there(database: Path, texts: int) -> None:
    """Six titles come first, then six passages in part, then the same passages whole."""
    with open_database(f"sqlite:///{database}") as engine:
        scene = VectorScene(Ports(engine, database))
        for iid in range(1, DOCUMENTS + 1):
            scene.write(iid, f"title {iid}", f"passage number {iid}")
        killed_after(database, texts, 0)
        kept = texts - 2
        chunks, whole = min(kept - DOCUMENTS, DOCUMENTS), max(0, kept - 2 * DOCUMENTS)
        assert counted(engine, "SELECT count(*) FROM chunk_vectors") == chunks
        assert counted(engine, "SELECT count(*) FROM chunk_vectors WHERE NOT in_part") == whole
        assert counted(engine, "SELECT sum(size) FROM vector_segments WHERE kind = 'chunk'") == chunks
        assert scene.ports.index.coverage(scene.embedder.space).in_part == chunks - whole
        stage = EmbedDocuments(
            embedder=scene.embedder,
            vectors=scene.ports.vectors,
            locks=scene.ports.locks,
            cancellation=MemoryCancellation(),
            progress=MemoryProgress(),
        )
        outcome = stage.embed(None, wait_ms=0)
        assert (outcome.chunks_embedded, outcome.chunks_read_whole) == (DOCUMENTS - chunks, chunks - whole)
        assert (outcome.pending, outcome.in_part) == (0, 0)
        assert counted(engine, "SELECT sum(size) FROM vector_segments") == 2 * DOCUMENTS
        for iid in range(1, DOCUMENTS + 1):
            assert scene.nearest(f"passage number {iid}")[0] == f"#{iid}"
