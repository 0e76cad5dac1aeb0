"""What every `Embedder` promises."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import pytest

from application.ports.embedder import Embedder, QuickReader
from domain.chunking import CHUNKING

NEAR = "the print queue is stuck after a restart"
SAME = "after a restart the print queue is stuck"
FAR = "bake the bread at two hundred degrees"
HOSTILE = ("", " ", "\x00", "\ud800", "a" * 5_000, "印刷キュー", "é", "🐧" * 300, "word " * 3_000)


def similarity(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


class EmbedderContract(ABC):
    @pytest.fixture
    @abstractmethod
    def embedder(self) -> Embedder:
        """One that works."""

    def test_a_space_says_what_its_vectors_belong_to(self, embedder: Embedder) -> None:
        space = embedder.space
        assert space.model
        assert space.chunking == CHUNKING
        assert space == embedder.space
        assert space.name.startswith(space.model)
        assert space.name == embedder.name

    @pytest.mark.requirement("search:embedder")
    def test_vectors_have_the_dimensions_of_their_space_and_length_one(self, embedder: Embedder) -> None:
        for vector in [*embedder.embed_documents([NEAR, FAR]), embedder.embed_query(NEAR)]:
            assert vector.typecode == "f"
            assert len(vector) == embedder.space.dimensions
            assert similarity(vector, vector) == pytest.approx(1, abs=1e-3)

    @pytest.mark.requirement("search:embedder")
    def test_texts_of_the_same_meaning_are_nearer_than_others(self, embedder: Embedder) -> None:
        near, far = embedder.embed_documents([SAME, FAR])
        asked = embedder.embed_query(NEAR)
        assert similarity(asked, near) > similarity(asked, far) + 0.2

    def test_a_vector_does_not_depend_on_what_is_embedded_beside_it(self, embedder: Embedder) -> None:
        alone = embedder.embed_documents([NEAR])[0]
        beside = embedder.embed_documents([FAR * 4, NEAR, "short"])[1]
        assert similarity(alone, beside) > 0.97

    def test_vectors_come_in_the_order_of_their_texts(self, embedder: Embedder) -> None:
        texts = [f"{'word ' * (40 - number)}{number}" for number in range(40)]
        together = embedder.embed_documents(texts)
        for place in (0, 17, 39):
            assert similarity(together[place], embedder.embed_documents([texts[place]])[0]) > 0.97

    def test_no_texts_are_no_work(self, embedder: Embedder) -> None:
        assert list(embedder.embed_documents([])) == []

    def test_any_text_has_a_vector_of_numbers(self, embedder: Embedder) -> None:
        for vector in embedder.embed_documents(HOSTILE):
            assert all(math.isfinite(value) for value in vector)


class QuickReaderContract(ABC):
    """What a `QuickReader` promises, and that its embedder says that it is one."""

    @pytest.fixture
    @abstractmethod
    def embedder(self) -> Embedder:
        """One that works and reads beginnings quickly."""

    @pytest.fixture
    def quick(self, embedder: Embedder) -> QuickReader:
        if embedder.quick_reader is None:
            raise AssertionError
        return embedder.quick_reader

    @pytest.mark.requirement("search:quick-reading")
    def test_a_short_text_is_read_whole_and_its_vector_is_the_usual_one(
        self, embedder: Embedder, quick: QuickReader
    ) -> None:
        (reading,) = quick.read_quickly([NEAR])
        assert reading.is_whole
        assert similarity(reading.vector, embedder.embed_documents([NEAR])[0]) == pytest.approx(1, abs=0.03)

    @pytest.mark.requirement("search:quick-reading")
    def test_of_a_long_text_the_beginning_is_read(self, embedder: Embedder, quick: QuickReader) -> None:
        one, other = quick.read_quickly([f"{NEAR} {NEAR} {NEAR} {NEAR} {FAR}", f"{NEAR} {NEAR} {NEAR} {NEAR} {SAME}"])
        assert not one.is_whole
        assert similarity(one.vector, other.vector) == pytest.approx(1, abs=0.03)
        assert similarity(one.vector, embedder.embed_query(NEAR)) > similarity(one.vector, embedder.embed_query(FAR))

    def test_readings_come_in_the_order_of_their_texts(self, embedder: Embedder, quick: QuickReader) -> None:
        texts = [f"{'word ' * (60 - number)}{number}" for number in range(60)]
        found = quick.read_quickly(texts)
        assert [reading.is_whole for reading in found] == sorted(reading.is_whole for reading in found)
        assert similarity(found[59].vector, embedder.embed_documents(texts[59:])[0]) > 0.97

    def test_any_text_has_a_reading_of_numbers(self, embedder: Embedder, quick: QuickReader) -> None:
        for reading in quick.read_quickly(HOSTILE):
            assert len(reading.vector) == embedder.space.dimensions
            assert all(math.isfinite(value) for value in reading.vector)

    def test_no_texts_have_no_readings(self, quick: QuickReader) -> None:
        assert list(quick.read_quickly([])) == []
