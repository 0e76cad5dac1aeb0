"""What embedding promises where an embedder reads beginnings quickly, over every pair of index and store of vectors."""

from abc import ABC, abstractmethod
from array import array
from dataclasses import dataclass
from typing import Final

import pytest
from hypothesis import strategies as st

from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.progress import MemoryProgress
from application.embedding import readings
from application.embedding.embed_documents import EmbedDocuments
from application.ports.embedding_stage import EmbeddingOutcome
from application.ports.vector_index import Coverage, Meant
from contracts.vector_scene import ANY, VectorPorts, VectorScene
from domain.errors import Cancelled, EmbedderUnavailable
from domain.refs import SourceKey

_FEW: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What happens to a store: an issue is written, or a run embeds and may be stopped."""

    iid: int
    words: tuple[str, ...] = ()
    stopped_at: int | None = None
    whole_at_most: int | None = None


MOVES: Final = st.one_of(
    st.builds(
        Move, iid=st.integers(1, 6), words=st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=5).map(tuple)
    ),
    st.builds(
        Move,
        iid=st.just(0),
        stopped_at=st.none() | st.integers(1, 6),
        whole_at_most=st.none() | st.integers(0, 3),
    ),
)


class QuickScene(VectorScene):
    """Passages of more than two words are read in part."""

    def __init__(self, ports: VectorPorts) -> None:
        super().__init__(ports)
        self.embedder = MemoryEmbedder(quick_words=2)
        self.progress = MemoryProgress()
        self.cancellation = MemoryCancellation()

    def run(
        self, *keys: SourceKey, whole_at_most: int | None = None, stopped_at: int | None = None
    ) -> EmbeddingOutcome:
        """Of all documents, or of those that are named."""
        self.cancellation = MemoryCancellation(cancel_at=stopped_at)
        stage = EmbedDocuments(
            embedder=self.embedder,
            vectors=self.ports.vectors,
            locks=self.ports.locks,
            cancellation=self.cancellation,
            progress=self.progress,
        )
        return stage.embed(keys or None, wait_ms=0, whole_at_most=whole_at_most)

    def coverage(self) -> Coverage:
        return self.ports.index.coverage(self.embedder.space)


class QuickReadingContract(ABC):
    @pytest.fixture
    @abstractmethod
    def ports(self) -> VectorPorts:
        """Of an empty store."""

    @pytest.fixture
    def scene(self, ports: VectorPorts, monkeypatch: pytest.MonkeyPatch) -> QuickScene:
        """Three passages are many."""
        monkeypatch.setattr(readings, "FEW", _FEW)
        monkeypatch.setattr(readings, "BATCH", 2)
        return QuickScene(ports)

    @pytest.mark.requirement("search:quick-reading")
    def test_many_passages_are_all_found_by_their_beginnings_first(self, scene: QuickScene) -> None:
        scene.write(1, "one", "the queue is stuck")
        scene.write(2, "two", "paper jams in tray", "short note")
        outcome = scene.run(whole_at_most=0)
        assert (outcome.chunks_embedded, outcome.chunks_read_whole, outcome.pending, outcome.in_part) == (3, 0, 0, 2)
        assert outcome.note == "2 of 3 passages are read in part; `lore embed` reads the rest."
        assert scene.coverage() == Coverage(chunks=3, embedded=3, in_part=2)
        assert scene.nearest("paper jams", limit=1) == ["#2"]

    @pytest.mark.requirement("search:quick-reading")
    def test_then_each_is_read_to_its_end_and_found_by_it(self, scene: QuickScene) -> None:
        scene.write(1, "one", "the queue is stuck")
        scene.write(2, "two", "paper jams in tray", "short note")
        scene.run(whole_at_most=0)
        outcome = scene.run()
        assert outcome == EmbeddingOutcome(chunks_embedded=0, chunks_read_whole=2, pending=0)
        assert scene.coverage() == Coverage(chunks=3, embedded=3, in_part=0)
        assert scene.nearest("is stuck", limit=1) == ["#1"]
        assert "short note" not in scene.embedder.embedded

    @pytest.mark.requirement("search:quick-reading")
    def test_one_run_does_both(self, scene: QuickScene) -> None:
        for iid in range(1, 5):
            scene.write(iid, "t", f"passage of issue {iid}")
        assert scene.run() == EmbeddingOutcome(chunks_embedded=4, chunks_read_whole=4, pending=0)
        told = [(stage.name, stage.total, stage.done) for stage in scene.progress.stages]
        assert told == [("embed", 4, 4), ("read whole", 4, 4)]

    def test_few_passages_are_read_whole_at_once(self, scene: QuickScene) -> None:
        scene.write(1, "one", "the queue is stuck", "paper jams in tray")
        assert scene.run(whole_at_most=0) == EmbeddingOutcome(chunks_embedded=2, pending=0)
        assert scene.embedder.read_in_part == []

    def test_no_more_are_read_whole_than_allowed_the_newest_first(self, scene: QuickScene) -> None:
        for iid in range(1, 5):
            scene.write(iid, "t", f"passage of issue {iid}", updated_at=iid)
        assert scene.run(whole_at_most=1).in_part == 3
        assert "passage of issue 4" in scene.embedder.embedded
        assert scene.run(whole_at_most=2).chunks_read_whole == 2
        assert "passage of issue 1" not in scene.embedder.embedded

    @pytest.mark.requirement("surgical:C3")
    def test_of_documents_that_are_named_only_theirs_are_read_whole_and_nobody_is_told_of_the_rest(
        self, scene: QuickScene
    ) -> None:
        keys = [scene.write(iid, "t", f"passage of issue {iid}") for iid in range(1, 5)]
        scene.run(whole_at_most=0)
        assert scene.run(keys[1]) == EmbeddingOutcome(chunks_embedded=0, chunks_read_whole=1, pending=0, in_part=3)

    def test_titles_are_never_read_in_part(self, scene: QuickScene) -> None:
        for iid in range(1, 5):
            scene.write(iid, f"a title with number {iid}", "short")
        scene.run(whole_at_most=0)
        assert scene.nearest("a title with number 3", Meant.TITLE, limit=1) == ["#3"]
        assert not any(text.startswith("a title") for text in scene.embedder.read_in_part)

    def test_an_embedder_without_quick_reading_reads_all_whole(self, scene: QuickScene) -> None:
        scene.embedder = MemoryEmbedder()
        for iid in range(1, 5):
            scene.write(iid, "t", f"passage of issue {iid}")
        assert scene.run(whole_at_most=0) == EmbeddingOutcome(chunks_embedded=4, pending=0)

    @pytest.mark.requirement("search:embed-resumes")
    @pytest.mark.parametrize("stopped_at", range(1, 12))
    def test_a_run_that_is_stopped_anywhere_is_gone_on_with(self, scene: QuickScene, stopped_at: int) -> None:
        for iid in range(1, 5):
            scene.write(iid, "t", f"passage of issue {iid}")
        try:
            scene.run(stopped_at=stopped_at)
        except Cancelled:
            scene.run()
        assert scene.coverage() == Coverage(chunks=4, embedded=4, in_part=0)
        assert scene.nearest("passage of issue 2", limit=1) == ["#2"]

    def test_what_failed_on_the_way_is_told_with_what_was_done(self, scene: QuickScene) -> None:
        for iid in range(1, 5):
            scene.write(iid, "t", f"passage of issue {iid}")
        scene.run(whole_at_most=1)
        scene.embedder.error = EmbedderUnavailable("It is gone.")
        outcome = scene.run()
        assert (outcome.in_part, outcome.note) == (3, "Not everything was embedded: It is gone.")


def show_that_embedding_comes_to_its_end(ports: VectorPorts, moves: list[Move]) -> None:
    """However documents came and runs were stopped, one more run leaves what embedding everything anew would."""
    scene = QuickScene(ports)
    few, readings.FEW = readings.FEW, _FEW
    batch, readings.BATCH = readings.BATCH, 2
    texts: dict[int, str] = {}
    try:
        for move in moves:
            if move.words:
                texts[move.iid] = " ".join(move.words)
                scene.write(move.iid, "t", texts[move.iid])
                continue
            try:
                scene.run(whole_at_most=move.whole_at_most, stopped_at=move.stopped_at)
            except Cancelled:
                continue
        assert scene.run().in_part == 0
    finally:
        readings.FEW, readings.BATCH = few, batch
    assert scene.coverage() == Coverage(chunks=len(texts), embedded=len(texts), in_part=0)
    for iid, text in texts.items():
        assert _similarity_of(scene, iid, text) == pytest.approx(1, abs=0.02)


def _similarity_of(scene: QuickScene, iid: int, text: str) -> float:
    vector = array("f", scene.embedder.embed_query(text))
    near = scene.ports.index.nearest(scene.embedder.space, vector, Meant.CHUNK, ANY, limit=100, exact=False)
    known = scene.ports.search.documents([one.document_id for one in near])
    return next(one.similarity for one in near if known[one.document_id].iid == iid)
