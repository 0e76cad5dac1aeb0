"""Vectors in memory keep the ports' promises, and what embeds them too."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.clock import MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from adapters.memory.progress import MemoryProgress
from adapters.memory.reading.document_search import MemoryDocumentSearch
from adapters.memory.vectors import MemoryVectors
from application.embedding import readings
from application.embedding.embed_documents import EmbedDocuments
from application.ports.locks import EMBED, SYNC
from contracts.builders import chunks, document
from contracts.embedding_stage_contract import EmbeddingStageContract, Scene, written
from contracts.quick_reading_contract import (
    MOVES,
    Move,
    QuickReadingContract,
    show_that_embedding_comes_to_its_end,
)
from contracts.vector_index_contract import VectorIndexContract
from contracts.vector_scene import VectorPorts
from domain.embedding import Vector
from domain.errors import Cancelled, EmbedderUnavailable
from domain.refs import SourceKey, SourceType


class MemoryPorts:
    def __init__(self) -> None:
        self.clock = MemoryClock()
        self.locks = MemoryLocks(self.clock, MemoryLiveness())
        self.store = MemoryContentStore(self.locks)
        self.index = self.vectors = MemoryVectors(self.store, self.locks)
        self.search = MemoryDocumentSearch(self.store)


class TestMemoryVectors(VectorIndexContract):
    @pytest.fixture
    def ports(self) -> VectorPorts:
        return MemoryPorts()


class TestQuickReading(QuickReadingContract):
    @pytest.fixture
    def ports(self) -> VectorPorts:
        return MemoryPorts()


@given(moves=st.lists(MOVES, max_size=12))
@settings(max_examples=40, deadline=None)
def test_in_the_end_every_vector_is_the_one_of_all_the_words(moves: list[Move]) -> None:
    show_that_embedding_comes_to_its_end(MemoryPorts(), moves)


class StageScene(MemoryPorts):
    def __init__(self) -> None:
        super().__init__()
        self.embedder = MemoryEmbedder()
        self.cancellation = MemoryCancellation()
        self.progress = MemoryProgress()
        self.stage = EmbedDocuments(
            embedder=self.embedder,
            vectors=self.vectors,
            locks=self.locks,
            cancellation=self.cancellation,
            progress=self.progress,
        )

    def write_document(self, number: int, *texts: str) -> SourceKey:
        key = SourceKey(SourceType.ISSUE, number)
        with self.locks.hold(SYNC, wait_ms=0) as lease, self.store.writing(lease) as transaction:
            transaction.documents.put(document(key, iid=number), chunks(*texts))
        return key

    def take_embedder_away(self) -> None:
        self.embedder.error = EmbedderUnavailable("There is no embedder.")


class TestEmbedDocuments(EmbeddingStageContract):
    @pytest.fixture
    def scene(self) -> Scene:
        return StageScene()


@pytest.fixture
def stage() -> StageScene:
    return StageScene()


def test_it_waits_for_the_lock_as_long_as_it_was_told(stage: StageScene) -> None:
    with stage.locks.hold(EMBED, wait_ms=0):
        stage.stage.embed(None, wait_ms=5_000)
    assert stage.clock.monotonic_ms() == 5_000


def test_progress_counts_passages(stage: StageScene) -> None:
    written(stage, 1, 2)
    stage.stage.embed(None, wait_ms=0)
    assert [(one.name, one.total, one.done) for one in stage.progress.stages] == [("embed", 4, 4)]


@pytest.mark.requirement("search:embed-resumes")
def test_a_run_that_stops_keeps_what_it_embedded_and_the_next_goes_on(
    stage: StageScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "BATCH", 2)
    written(stage, 1, 2, 3)
    stage.cancellation.cancel_at = 7
    with pytest.raises(Cancelled):
        stage.stage.embed(None, wait_ms=0)
    assert stage.vectors.coverage(stage.embedder.space).missing == 4
    assert not stage.locks.rows
    stage.stage = EmbedDocuments(
        embedder=stage.embedder,
        vectors=stage.vectors,
        locks=stage.locks,
        cancellation=MemoryCancellation(),
        progress=stage.progress,
    )
    assert stage.stage.embed(None, wait_ms=0).chunks_embedded == 4
    assert len(stage.embedder.embedded) == len(set(stage.embedder.embedded)) + 2  # all three have the same title


class LateWriter(MemoryEmbedder):
    """Somebody writes a document while this embeds."""

    def __init__(self, scene: StageScene) -> None:
        super().__init__()
        self._scene = scene

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        if not self.embedded:
            self._scene.write_document(9, "a late passage")
        return super().embed_documents(texts)


@pytest.mark.requirement("surgical:C11")
def test_documents_that_come_while_it_works_are_embedded_too(stage: StageScene) -> None:
    written(stage, 1)
    working = EmbedDocuments(
        embedder=LateWriter(stage),
        vectors=stage.vectors,
        locks=stage.locks,
        cancellation=stage.cancellation,
        progress=stage.progress,
    )
    assert working.embed(None, wait_ms=0).chunks_embedded == 3
