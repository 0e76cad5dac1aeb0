"""Finding documents by meaning."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from application.ports.document_search import SearchFilter
from domain.embedding import EmbeddingSpace, Vector


class Meant(StrEnum):
    """What a vector stands for."""

    CHUNK = "chunk"
    TITLE = "title"
    """Of an issue or a merge request; its own document has it, its threads' have not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many of the store's chunks have a vector of one space."""

    chunks: int
    embedded: int
    in_part: int = 0
    """How many of the embedded ones have a vector of their beginning only, so far."""

    @property
    def missing(self) -> int:
        return self.chunks - self.embedded


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDocument:
    document_id: int
    similarity: float
    """Of its best chunk, or of its title; 1 is the same meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMeaning:
    """How near a document is to what was asked. None: it has no vector yet."""

    item: tuple[str, int]
    """The issue or merge request that it is or belongs to: its kind and local key."""
    chunk: float | None
    """Of its best chunk."""
    note_gitlab_id: int | None
    """The note that this chunk comes from."""
    title: float | None
    """Of its item's title."""


class VectorIndex(Protocol):
    """A document that is gone is found no more, from the same transaction on. Spaces never mix."""

    def coverage(self, space: EmbeddingSpace) -> Coverage: ...

    def spaces(self) -> Collection[EmbeddingSpace]:
        """Those of which any chunk has a vector."""
        ...

    def nearest(
        self,
        space: EmbeddingSpace,
        vector: Vector,
        meant: Meant,
        chosen: SearchFilter,
        *,
        limit: int,
        exact: bool = False,
    ) -> Sequence[NearDocument]:
        """The best first, each document once. The filter restricts what is looked at, not what was found.

        Unless `exact`, candidates are found by sign bits, which misses a few of the nearest.
        """
        ...

    def meanings(
        self, space: EmbeddingSpace, vector: Vector, document_ids: Collection[int]
    ) -> dict[int, DocumentMeaning]:
        """Of all these documents that there are."""
        ...
