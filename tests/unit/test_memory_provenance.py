"""The readers in memory keep the promises of the provenance ports."""

import pytest

from contracts.provenance_contract import ProvenanceContract, Readers, Shelf
from provenance_shelves import MemoryShelf


class TestMemoryProvenance(ProvenanceContract):
    @pytest.fixture
    def memory(self) -> MemoryShelf:
        return MemoryShelf()

    @pytest.fixture
    def shelf(self, memory: MemoryShelf) -> Shelf:
        return memory

    @pytest.fixture
    def readers(self, memory: MemoryShelf, shelf: Shelf) -> Readers:
        assert shelf is memory
        return memory.readers()
