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
        return model_name(self.model, self.checksum)


def model_name(model: str, checksum: str) -> str:
    """As people are told of it, and as vectors of different versions are told apart."""
    return f"{model}@{checksum[:12]}" if checksum else model
