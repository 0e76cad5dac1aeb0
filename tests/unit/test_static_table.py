"""The static table keeps the port's promises, and learns from its teacher what the sample can teach."""

import pytest

from adapters.embedders.static_table import FittedTable, StaticTable, fitted
from adapters.memory.embedder import MemoryEmbedder
from application.ports.embedder import Embedder
from contracts.embedder_contract import FAR, NEAR, EmbedderContract, similarity
from domain.errors import EmbeddingFailed

WORDS = f"{NEAR} {FAR} word short".split()
SAMPLE = [" ".join(WORDS[(start * step) % len(WORDS)] for step in range(1, 7)) for start in range(1, 60)]


@pytest.fixture(scope="module")
def table() -> FittedTable:
    return fitted(MemoryEmbedder(), [*SAMPLE, *(str(number) for number in range(40))])


class TestStaticTable(EmbedderContract):
    @pytest.fixture
    def embedder(self, table: FittedTable) -> Embedder:
        return StaticTable(table)


def test_passages_that_it_was_not_fitted_to_have_nearly_the_teachers_vectors(table: FittedTable) -> None:
    for text in ("bake the bread after the restart", "the print queue is hundred degrees"):
        taught = MemoryEmbedder().embed_query(text)
        assert similarity(StaticTable(table).embed_query(text), taught) > 0.7


def test_a_text_without_any_known_piece_is_like_the_usual_one(table: FittedTable) -> None:
    strange = StaticTable(table).embed_query("ξύλο")
    assert list(strange) == pytest.approx(list(table.usual))


def test_a_table_that_was_kept_is_the_same_table(table: FittedTable) -> None:
    again = StaticTable(FittedTable.loaded(table.dumped()))
    assert again.space == StaticTable(table).space
    assert again.embed_query(NEAR) == StaticTable(table).embed_query(NEAR)


@pytest.mark.requirement("search:spaces-never-mix")
def test_another_sample_makes_another_space(table: FittedTable) -> None:
    other = StaticTable(fitted(MemoryEmbedder(), SAMPLE[:9])).space
    assert other != StaticTable(table).space
    assert other.model == "static-hash"
    assert other != MemoryEmbedder().space


def test_a_sample_of_opposites_still_has_a_usual_vector() -> None:
    class Opposites(MemoryEmbedder):
        def embed_documents(self, texts: object) -> list[object]:  # type: ignore[override]  # a teacher of two texts
            one = self.embed_query(str(texts))
            return [one, type(one)("f", (-value for value in one))]

    assert similarity(usual := fitted(Opposites(), ["up", "down"]).usual, usual) == pytest.approx(1)  # type: ignore[arg-type]  # an array has the items


def test_nothing_cannot_be_fitted_to() -> None:
    with pytest.raises(EmbeddingFailed):
        fitted(MemoryEmbedder(), [])
