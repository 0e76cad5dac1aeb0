"""The embedder for tests keeps the port's promises."""

import pytest

from adapters.memory.embedder import MemoryEmbedder
from application.ports.embedder import Embedder
from contracts.embedder_contract import EmbedderContract, QuickReaderContract
from domain.embedding import EmbeddingSpace
from domain.errors import EmbedderUnavailable


class TestMemoryEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return MemoryEmbedder()


class TestMemoryEmbedderReadsQuickly(QuickReaderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return MemoryEmbedder(quick_words=10)


def test_it_reads_nothing_quickly_unless_it_is_told_to() -> None:
    assert MemoryEmbedder().quick_reader is None


def test_it_fails_when_it_is_told_to() -> None:
    embedder = MemoryEmbedder()
    embedder.error = EmbedderUnavailable("told to fail")
    with pytest.raises(EmbedderUnavailable):
        embedder.embed_documents(["a text"])
    assert embedder.embedded == []


def test_a_space_without_a_checksum_is_called_by_its_model_alone() -> None:
    assert EmbeddingSpace(model="nomic", checksum="", dimensions=3, chunking="c").name == "nomic"
