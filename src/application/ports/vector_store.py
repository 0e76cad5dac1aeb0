"""Writing vectors, by whoever holds the `embed` lock; the `sync` lock is not needed (C11)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from application.ports.locks import Lease
from application.ports.vector_index import Meant
from domain.embedding import EmbeddingSpace, Vector
from domain.refs import SourceKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Something that has no vector of the space yet; `key` is the chunk's or the document's."""

    meant: Meant
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedText:
    wanted: Wanted
    text: str
    """What was embedded: the vector is kept only where that is still the text."""
    vector: Vector


class VectorStore(Protocol):
    def wanted(self, space: EmbeddingSpace, keys: Collection[SourceKey] | None) -> Sequence[Wanted]:
        """Everything of these documents, or of all, that has no vector yet: titles first, then the documents that
        moved last."""
        ...

    def texts(self, wanted: Sequence[Wanted]) -> dict[Wanted, str]:
        """Of those that are still there."""
        ...

    def put(self, lease: Lease, space: EmbeddingSpace, embedded: Sequence[EmbeddedText]) -> int:
        """Keep the vectors, in one transaction; those of other spaces for the same texts give way.

        Returns how many chunks got one. Raises `LockLost` if the lease is no longer held.
        """
        ...

    def tidy(self, lease: Lease) -> None:
        """Drop what the index still holds of texts that are gone, where it is much, and spaces that are empty."""
        ...

    def pending(self, space: EmbeddingSpace | None) -> int:
        """Chunks that have no vector of the space; of None: of no space."""
        ...
