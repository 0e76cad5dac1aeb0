"""Vectors in SQL tables keep the ports' promises, and what embeds them too."""

from array import array
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from adapters.locks.kernel_liveness import KernelLiveness
from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.clock import MemoryClock
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.progress import MemoryProgress
from adapters.sql.connections import for_writing
from adapters.sql.database import open_database
from adapters.sql.migrations.upgrading import downgrade, upgrade
from adapters.sql.store_health import SqlStoreHealth
from adapters.sql.vectors import index, segments
from adapters.system.process_identity import SystemProcessIdentity
from application.embedding.embed_documents import EmbedDocuments
from application.ports.store_health import ModelCoverage
from application.ports.vector_index import Coverage, Meant
from contracts.embedding_stage_contract import EmbeddingStageContract, Scene
from contracts.quick_reading_contract import (
    MOVES,
    Move,
    QuickReadingContract,
    show_that_embedding_comes_to_its_end,
)
from contracts.sql_scene import SqlVectorPorts
from contracts.vector_index_contract import VectorIndexContract
from contracts.vector_scene import VectorPorts, VectorScene
from domain.errors import EmbedderUnavailable
from domain.refs import SourceKey


@pytest.fixture
def ports(engine: Engine, tmp_path: Path) -> VectorPorts:
    return SqlVectorPorts(engine, tmp_path)


class TestSqlVectors(VectorIndexContract):
    @pytest.fixture
    def ports(self, engine: Engine, tmp_path: Path) -> VectorPorts:
        return SqlVectorPorts(engine, tmp_path)


class TestSmallSegments(TestSqlVectors):
    """The same where every few entries begin a new segment."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(segments, "CAPACITY", 3)


class TestSqlQuickReading(QuickReadingContract):
    @pytest.fixture
    def ports(self, engine: Engine, tmp_path: Path) -> VectorPorts:
        return SqlVectorPorts(engine, tmp_path)


class StageScene:
    def __init__(self, ports: VectorPorts) -> None:
        self._scene = VectorScene(ports)
        self.locks = ports.locks
        self.embedder = MemoryEmbedder()
        self.stage = EmbedDocuments(
            embedder=self.embedder,
            vectors=ports.vectors,
            locks=ports.locks,
            cancellation=MemoryCancellation(),
            progress=MemoryProgress(),
        )

    def write_document(self, number: int, *chunks: str) -> SourceKey:
        return self._scene.write(number, "", *chunks)

    def take_embedder_away(self) -> None:
        self.embedder.error = EmbedderUnavailable("There is no embedder.")


class TestEmbedDocuments(EmbeddingStageContract):
    @pytest.fixture
    def scene(self, ports: VectorPorts) -> Scene:
        return StageScene(ports)


def entries(engine: Engine) -> list[tuple[str, int]]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT kind, sum(size) FROM vector_segments GROUP BY kind ORDER BY kind")
        return [(row[0], row[1]) for row in rows]


def test_entries_of_texts_that_are_gone_are_dropped_in_the_end(engine: Engine, ports: VectorPorts) -> None:
    scene = VectorScene(ports)
    keys = [scene.write(iid, f"title {iid}", f"passage {iid}") for iid in range(1, 11)]
    scene.embed()
    assert entries(engine) == [("chunk", 10), ("title", 10)]
    for key in keys[:8]:
        scene.remove(key)
    scene.put()
    assert entries(engine) == [("chunk", 2), ("title", 2)]
    assert scene.nearest("passage 9", Meant.CHUNK)[0] == "#9"


@pytest.mark.requirement("search:quick-reading")
def test_a_vector_that_is_replaced_keeps_its_one_entry_with_the_new_bits(
    engine: Engine, ports: VectorPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "CAPACITY", 4)
    scene = VectorScene(ports)
    for iid in range(1, 11):
        scene.write(iid, "", f"passage {iid}")
    space = scene.embedder.space
    scene.put(*ports.vectors.wanted(space, None), vector_of="what they begin with", is_whole=False)
    drafts = ports.vectors.read_in_part(space, None)
    before = packed(engine)
    scene.put(*drafts[3:6])
    after = packed(engine)
    assert list(after) == list(before)
    changed = [key for key in after if after[key] != before[key]]
    assert sorted(changed) == sorted(one.key for one in drafts[3:6])
    scene.put(*drafts)
    assert entries(engine) == [("chunk", 10)]
    assert len(set(packed(engine).values())) == 10


def packed(engine: Engine) -> dict[int, bytes]:
    """The bits of each key."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT keys, bits FROM vector_segments ORDER BY id").all()
    found: dict[int, bytes] = {}
    for keys, bits in rows:
        numbers = array("q", keys)
        width = len(bits) // len(numbers)
        found |= {key: bits[place * width : (place + 1) * width] for place, key in enumerate(numbers)}
    return found


def test_an_older_program_gets_whole_vectors_only_and_those_of_older_stores_are_whole(
    engine: Engine, ports: VectorPorts
) -> None:
    scene = VectorScene(ports)
    scene.write(1, "", "the queue is stuck")
    scene.embed()
    scene.write(2, "", "paper jams")
    space = scene.embedder.space
    scene.put(*ports.vectors.wanted(space, None), vector_of="paper", is_whole=False)
    with for_writing(engine).begin() as connection:
        downgrade(connection, "0005")
        assert connection.exec_driver_sql("SELECT count(*) FROM chunk_vectors").scalar() == 1
        upgrade(connection, "head")
    assert ports.index.coverage(space) == Coverage(chunks=2, embedded=1, in_part=0)
    assert scene.nearest("the queue is stuck") == ["#1"]
    assert scene.embed() == 1


@given(moves=st.lists(MOVES, max_size=10))
@settings(max_examples=15, deadline=None)
def test_in_the_end_every_vector_is_the_one_of_all_the_words(moves: list[Move]) -> None:
    with TemporaryDirectory() as folder, open_database(f"sqlite:///{folder}/lore.db") as engine:
        show_that_embedding_comes_to_its_end(SqlVectorPorts(engine, Path(folder)), moves)


def test_a_space_that_nothing_belongs_to_any_more_goes(engine: Engine, ports: VectorPorts) -> None:
    scene = VectorScene(ports)
    scene.write(1, "one", "text")
    scene.embed()
    scene.embedder = MemoryEmbedder(model="other")
    scene.embed()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT model FROM embedding_spaces").scalars().all() == ["other"]
    assert entries(engine) == [("chunk", 1), ("title", 1)]


@pytest.mark.requirement("search:vector-recall")
def test_sign_bits_find_nearly_what_comparing_everything_finds(
    ports: VectorPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "JUDGED", 30)
    scene = VectorScene(ports)
    scene.embedder = MemoryEmbedder(dimensions=384)
    words = [f"word{number}" for number in range(12)]
    for iid in range(1, 151):
        scene.write(iid, "", " ".join(word for place, word in enumerate(words) if iid * (place + 3) % 7 < 3))
    scene.embed()
    found = exact = 0
    for place in range(len(words) - 2):
        query = " ".join(words[place : place + 3])
        best = scene.nearest(query, limit=10, exact=True)
        exact += len(best)
        found += len({*best} & {*scene.nearest(query, limit=10)})
    assert found >= 0.6 * exact


@pytest.mark.requirement("search:coverage")
def test_the_health_of_the_store_tells_the_coverage_of_each_model(
    database: Path, ports: VectorPorts, tmp_path: Path
) -> None:
    health = SqlStoreHealth(
        f"sqlite:///{database}",
        liveness=KernelLiveness(tmp_path / "locks"),
        clock=MemoryClock(),
        process=SystemProcessIdentity(),
        stale_lock_minutes=10,
    )
    assert health.coverage() == ()
    scene = VectorScene(ports)
    scene.write(1, "one", "a passage", "another", "a third")
    scene.embed()
    earlier, scene.embedder = scene.embedder.space, MemoryEmbedder(model="later")
    scene.put(*scene.ports.vectors.wanted(scene.embedder.space, None)[1:2], is_whole=False)
    scene.write(2, "two", "not embedded")
    assert health.coverage() == (
        ModelCoverage(space=earlier, embedded=2, in_part=0, pending=2, titles_embedded=1, titles_pending=1),
        ModelCoverage(
            space=scene.embedder.space, embedded=1, in_part=1, pending=3, titles_embedded=0, titles_pending=2
        ),
    )
