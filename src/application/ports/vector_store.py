"""Writing vectors, by whoever holds the `embed` lock; the `sync` lock is not needed (C11)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from application.ports.locks import Lease
from application.ports.vector_index import Coverage, Meant
from domain.embedding import EmbeddingSpace, Vector
from domain.refs import SourceKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Something that has no vector of the space yet, or not yet a whole one; `key` is the chunk's or the document's."""

    meant: Meant
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedText:
    wanted: Wanted
    text: str
    """What was embedded: the vector is kept only where that is still the text."""
    vector: Vector
    is_whole: bool = True
    """False: the vector is that of the text's beginning, and to be replaced. Titles are always read whole."""


class VectorStore(Protocol):
    def wanted(self, space: EmbeddingSpace, keys: Collection[SourceKey] | None) -> Sequence[Wanted]:
        """Everything of these documents, or of all, that has no vector yet: titles first, then the documents that
        moved last."""
        ...

    def read_in_part(self, space: EmbeddingSpace, keys: Collection[SourceKey] | None) -> Sequence[Wanted]:
        """Everything of these documents, or of all, that has a vector of its beginning only: the documents that moved
        last first."""
        ...

    def texts(self, wanted: Sequence[Wanted]) -> dict[Wanted, str]:
        """Of those that are still there."""
        ...

    def put(self, lease: Lease, space: EmbeddingSpace, embedded: Sequence[EmbeddedText]) -> int:
        """Keep the vectors, in one transaction; earlier ones for the same texts give way, whole or not, and of
        whatever space.

        Returns how many chunks got one. Raises `LockLost` if the lease is no longer held.
        """
        ...

    def tidy(self, lease: Lease) -> None:
        """Drop what the index still holds of texts that are gone, where it is much, and spaces that are empty."""
        ...

    def coverage(self, space: EmbeddingSpace | None) -> Coverage:
        """Of the space; with None: of any."""
        ...
