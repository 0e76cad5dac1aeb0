"""Related items and drift read the vectors that were stored for search."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.locks.kernel_liveness import KernelLiveness
from adapters.memory.clock import MemoryClock
from adapters.memory.embedder import MemoryEmbedder
from adapters.sql.content_store import SqlContentStore
from adapters.sql.locks import SqlLocks
from adapters.sql.provenance.meanings import SqlMeanings
from adapters.sql.reading.document_search import SqlDocumentSearch
from adapters.sql.vectors.index import SqlVectorIndex
from adapters.sql.vectors.store import SqlVectorStore
from adapters.system.identifiers import UuidIdentifiers
from adapters.system.process_identity import SystemProcessIdentity
from contracts import builders as make
from contracts.provenance_contract import issue_key, mr_key
from contracts.vector_scene import VectorPorts, VectorScene
from domain.drift import cosine, drift
from domain.refs import EntityKind


class SqlPorts:
    def __init__(self, engine: Engine, folder: Path) -> None:
        clock = MemoryClock()
        self.locks = SqlLocks(
            engine,
            liveness=KernelLiveness(folder / "locks"),
            clock=clock,
            identifiers=UuidIdentifiers(),
            process=SystemProcessIdentity(),
        )
        self.store = SqlContentStore(engine, clock)
        self.index = SqlVectorIndex(engine)
        self.vectors = SqlVectorStore(engine, clock)
        self.search = SqlDocumentSearch(engine)


@pytest.fixture
def scene(engine: Engine, tmp_path: Path) -> VectorScene:
    ports: VectorPorts = SqlPorts(engine, tmp_path)
    return VectorScene(ports)


@pytest.fixture
def meanings(engine: Engine) -> SqlMeanings:
    return SqlMeanings(engine, lambda: SqlVectorIndex(engine))


@pytest.mark.requirement("related:vectors")
def test_the_nearest_items_are_those_of_the_same_words(scene: VectorScene, meanings: SqlMeanings) -> None:
    scene.write(1, "the queue is stuck", "the queue is stuck at night")
    scene.write(2, "paper jams", "paper jams in tray two")
    scene.write(3, "the queue is slow", "the queue is stuck at night", kind=EntityKind.MERGE_REQUEST)
    scene.embed()
    near = meanings.nearest(make.INSTANCE, issue_key(1), limit=5)
    assert [key for key, _ in near] == [mr_key(3), issue_key(2)]
    assert near[0][1] > near[1][1]
    assert [key for key, _ in meanings.nearest(make.INSTANCE, issue_key(1), limit=1)] == [mr_key(3)]


@pytest.mark.requirement("drift:measured")
def test_a_thread_is_told_note_by_note(scene: VectorScene, meanings: SqlMeanings) -> None:
    scene.write(1, "the queue is stuck", "the queue is stuck at night")
    scene.write_thread(1, "the queue is stuck", "lunch menu", "for tomorrow", note_gitlab_id=50)
    scene.embed()
    found = meanings.of_threads(make.INSTANCE, issue_key(1))
    assert found is not None
    assert [note.note_gitlab_id for note in found.notes] == [50]
    assert cosine(found.description, found.description) == pytest.approx(1)
    (point,) = drift(found.description, found.notes, threshold=0.4)
    assert point.drifted


@pytest.mark.requirement("drift:without-vectors")
def test_without_vectors_nothing_is_told(scene: VectorScene, meanings: SqlMeanings) -> None:
    scene.write(1, "the queue is stuck", "text")
    assert meanings.of_threads(make.INSTANCE, issue_key(1)) is None
    assert meanings.nearest(make.INSTANCE, issue_key(1), limit=5) == ()
    scene.embed()
    assert meanings.of_threads(make.INSTANCE, issue_key(9)) is None
    assert meanings.of_threads("another", issue_key(1)) is None


def test_of_two_models_the_one_used_last_counts(scene: VectorScene, meanings: SqlMeanings) -> None:
    scene.write(1, "the queue is stuck", "the queue is stuck at night")
    scene.embed()
    scene.embedder = MemoryEmbedder(model="other", dimensions=32)
    scene.embed()
    found = meanings.of_threads(make.INSTANCE, issue_key(1))
    assert found is not None
    assert len(found.description) == 32
