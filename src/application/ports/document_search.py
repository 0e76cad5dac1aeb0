"""Searching the store's documents."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from domain.document_records import DocumentPart
from domain.refs import EntityKind, ProjectId, SourceType


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilter:
    """Every condition that is given must hold; they hold inside the search, so a narrow filter loses no result.

    `author` wrote the document (the item, or the thread's first note); labels and state are the item's. Names compare
    whatever their case; times are milliseconds UTC.
    """

    source_types: tuple[SourceType, ...] = ()
    project_ids: tuple[ProjectId, ...] | None = None
    author: str | None = None
    labels: tuple[str, ...] = ()
    state: str | None = None
    path: str | None = None
    """A file, or a folder that ends with a slash."""
    created_since: int | None = None
    created_until: int | None = None
    updated_since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextHit:
    document_id: int
    score: float
    """BM25 with field weights; higher is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDocument:
    document_id: int
    source_type: SourceType
    project_path: str
    kind: EntityKind
    iid: int
    title: str
    """The item's title as GitLab shows it."""
    state: str
    parts: tuple[DocumentPart, ...]
    item_web_url: str
    author: str
    updated_at: int


class DocumentSearch(Protocol):
    """Expressions are those of `domain.query`."""

    def frequency(self, expression: str, *, at_most: int) -> int:
        """In how many documents the expression occurs, counted up to `at_most`."""
        ...

    def by_text(self, expression: str, chosen: SearchFilter, *, limit: int) -> tuple[TextHit, ...]:
        """The best first."""
        ...

    def documents(self, ids: Collection[int]) -> dict[int, FoundDocument]: ...
