"""The embed phase in memory keeps the port's promises."""

import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.embedding_stage import MemoryEmbeddingStage
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from application.ports.locks import EMBED, SYNC
from contracts.builders import chunks, document
from contracts.embedding_stage_contract import EmbeddingStageContract, Scene, written
from domain.errors import EmbedderUnavailable
from domain.refs import SourceKey, SourceType


class MemoryScene:
    def __init__(self) -> None:
        self.clock = MemoryClock()
        self.locks = MemoryLocks(self.clock, MemoryLiveness())
        self.store = MemoryContentStore(self.locks)
        self.stage = MemoryEmbeddingStage(self.store, self.locks)

    def write_document(self, number: int, *texts: str) -> SourceKey:
        key = SourceKey(SourceType.ISSUE, number)
        with self.locks.hold(SYNC, wait_ms=0) as lease, self.store.writing(lease) as transaction:
            transaction.documents.put(document(key), chunks(*texts))
        return key

    def take_embedder_away(self) -> None:
        self.stage.has_embedder = False


class TestMemoryEmbeddingStage(EmbeddingStageContract):
    @pytest.fixture
    def scene(self) -> Scene:
        return MemoryScene()


def test_it_remembers_what_it_was_asked_and_what_it_embedded() -> None:
    scene = MemoryScene()
    one, two = written(scene, 1, 2)
    scene.stage.embed([one], wait_ms=5_000)
    scene.stage.embed(None, wait_ms=0)
    assert scene.stage.calls == [((one,), 5_000), (None, 0)]
    assert scene.stage.embedded == [one, two]


def test_it_waits_for_the_lock_as_long_as_it_was_told() -> None:
    scene = MemoryScene()
    with scene.locks.hold(EMBED, wait_ms=0):
        scene.stage.embed([], wait_ms=5_000)
    assert scene.clock.monotonic_ms() == 5_000


def test_an_error_goes_on_its_way_and_leaves_the_lock_free() -> None:
    scene = MemoryScene()
    scene.stage.error = EmbedderUnavailable("told to fail")
    with pytest.raises(EmbedderUnavailable):
        scene.stage.embed(written(scene, 1), wait_ms=0)
    assert not scene.locks.rows


def test_documents_that_come_while_it_works_are_embedded_too() -> None:
    scene = MemoryScene()
    written(scene, 1)
    scene.stage.on_embed = lambda _: scene.write_document(2, "a late one")
    assert scene.stage.embed(None, wait_ms=0).chunks_embedded == 3
