"""What a vector belongs to: vectors of different spaces are never compared (spec/search.md)."""

from array import array
from dataclasses import dataclass
from typing import TypeAlias

Vector: TypeAlias = "array[float]"
"""Of type code `f`, at length one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSpace:
    """Vectors are comparable where all of this is the same."""

    model: str
    checksum: str
    """Of the model's file, or what else tells one version of it from the next; empty where a server tells nothing."""
    dimensions: int
    chunking: str
    """The way in which documents were cut (`domain.chunking.CHUNKING`)."""

    @property
    def name(self) -> str:
        return f"{self.model}@{self.checksum[:12]}" if self.checksum else self.model
