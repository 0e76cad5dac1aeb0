"""What every `EmbeddingStage` promises."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

import pytest

from application.ports.embedding_stage import EmbeddingStage
from application.ports.locks import EMBED, Locks
from domain.refs import SourceKey


class Scene(Protocol):
    """A store with documents, and what embeds them."""

    @property
    def stage(self) -> EmbeddingStage: ...

    @property
    def locks(self) -> Locks: ...

    def write_document(self, number: int, *chunks: str) -> SourceKey:
        """Write or replace issue `number`'s document, of these passages."""
        ...

    def take_embedder_away(self) -> None: ...


def written(scene: Scene, *numbers: int) -> Sequence[SourceKey]:
    """Documents of two passages each."""
    return [scene.write_document(number, f"first of {number}", f"second of {number}") for number in numbers]


class EmbeddingStageContract(ABC):
    @pytest.fixture
    @abstractmethod
    def scene(self) -> Scene:
        """An empty store with an embedder that works."""

    @pytest.mark.requirement("surgical:C3")
    def test_only_the_documents_asked_for_are_embedded(self, scene: Scene) -> None:
        one, _ = written(scene, 1, 2)
        outcome = scene.stage.embed([one], wait_ms=0)
        assert (outcome.chunks_embedded, outcome.pending) == (2, 2)

    def test_without_keys_everything_pending_is_embedded(self, scene: Scene) -> None:
        written(scene, 1, 2, 3)
        outcome = scene.stage.embed(None, wait_ms=0)
        assert (outcome.chunks_embedded, outcome.pending, outcome.note) == (6, 0, "")

    def test_no_keys_are_no_work(self, scene: Scene) -> None:
        written(scene, 1)
        assert scene.stage.embed([], wait_ms=0).chunks_embedded == 0

    def test_what_was_embedded_is_not_embedded_again(self, scene: Scene) -> None:
        keys = written(scene, 1)
        scene.stage.embed(keys, wait_ms=0)
        assert scene.stage.embed(keys, wait_ms=0).chunks_embedded == 0

    def test_a_changed_document_costs_its_changed_passages_only(self, scene: Scene) -> None:
        keys = written(scene, 1)
        scene.stage.embed(keys, wait_ms=0)
        scene.write_document(1, "first of 1", "another second")
        assert scene.stage.embed(keys, wait_ms=0).chunks_embedded == 1

    @pytest.mark.requirement("surgical:C11")
    def test_a_busy_lock_leaves_the_documents_pending_and_says_so(self, scene: Scene) -> None:
        keys = written(scene, 1)
        with scene.locks.hold(EMBED, wait_ms=0):
            outcome = scene.stage.embed(keys, wait_ms=0)
        assert (outcome.chunks_embedded, outcome.pending) == (0, 2)
        assert outcome.note

    @pytest.mark.requirement("surgical:C11")
    def test_the_lock_is_free_afterwards(self, scene: Scene) -> None:
        scene.stage.embed(written(scene, 1), wait_ms=0)
        with scene.locks.hold(EMBED, wait_ms=0) as lease:
            assert lease.name == EMBED

    def test_without_an_embedder_everything_stays_pending_and_says_so(self, scene: Scene) -> None:
        keys = written(scene, 1)
        scene.take_embedder_away()
        outcome = scene.stage.embed(keys, wait_ms=0)
        assert (outcome.chunks_embedded, outcome.pending) == (0, 2)
        assert outcome.note
