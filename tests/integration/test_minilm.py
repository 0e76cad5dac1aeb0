"""The built-in embedder, on its real weights."""

from pathlib import Path

import pytest

from adapters.embedders import minilm
from adapters.embedders.minilm import DIMENSIONS, MiniLm
from application.ports.embedder import Embedder
from contracts.embedder_contract import EmbedderContract, QuickReaderContract, similarity
from domain.errors import EmbedderUnavailable


@pytest.fixture(scope="module")
def loaded() -> MiniLm:
    return MiniLm(threads=1)


class TestMiniLm(EmbedderContract):
    @pytest.fixture
    def embedder(self, loaded: MiniLm) -> Embedder:
        return loaded


class TestMiniLmReadsQuickly(QuickReaderContract):
    @pytest.fixture
    def embedder(self, loaded: MiniLm) -> Embedder:
        return loaded


@pytest.mark.requirement("search:embedder")
def test_the_meaning_counts_where_no_word_is_shared(loaded: MiniLm) -> None:
    asked = loaded.embed_query("How do I change an expired password?")
    near, far = loaded.embed_documents(["Renewing outdated login credentials", "Colours of the sidebar icons"])
    assert similarity(asked, near) > 0.4 > similarity(asked, far)


def test_it_counts_as_many_dimensions_as_it_says(loaded: MiniLm) -> None:
    assert loaded.space.dimensions == DIMENSIONS == len(loaded.embed_query("text"))


@pytest.mark.requirement("search:embedder")
def test_a_file_that_is_not_the_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"something else")
    with pytest.raises(EmbedderUnavailable, match="checksum"):
        MiniLm(file=tmp_path / "model.onnx").embed_query("text")


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="cannot be read"):
        MiniLm(file=tmp_path / "model.onnx").embed_query("text")


def test_a_package_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "_PACKAGE", "no_such_package_of_weights")
    with pytest.raises(EmbedderUnavailable, match="not installed"):
        MiniLm().embed_query("text")


def test_batches_on_two_threads_are_what_they_are_on_one(loaded: MiniLm) -> None:
    texts = [f"passage {number} about {'many ' * (number % 7)}things" for number in range(50)]
    two = MiniLm(threads=2).embed_documents(texts)
    for one, other in zip(loaded.embed_documents(texts), two, strict=True):
        assert list(one) == list(other)
