"""Related items and drift read the vectors that were stored for search."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.memory.embedder import MemoryEmbedder
from adapters.sql.provenance.meanings import SqlMeanings
from adapters.sql.vectors.index import SqlVectorIndex
from contracts import builders as make
from contracts.provenance_contract import issue_key, mr_key
from contracts.sql_scene import SqlVectorPorts
from contracts.vector_scene import VectorPorts, VectorScene
from domain.drift import cosine, drift
from domain.refs import EntityKind


@pytest.fixture
def scene(engine: Engine, tmp_path: Path) -> VectorScene:
    ports: VectorPorts = SqlVectorPorts(engine, tmp_path)
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
