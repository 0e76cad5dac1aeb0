"""How much the store holds, and what is still to be done."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from domain.refs import EntityKind, ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFigures:
    project_id: ProjectId
    instance: str
    path: str
    web_url: str
    in_standard_sync: bool
    synced_at: int | None
    issues: int
    merge_requests: int
    notes: int
    """By people."""
    cursors: tuple[tuple[EntityKind, int], ...]
    """Server time up to which each list was read."""
    pending: int
    """Dependent fetches in the queue."""
    failing: int
    """Those among them that failed at least once."""
    unsettled: int
    """Items of which some dependent set may be older than the item."""
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many rows of one kind there are, of issues and merge requests in one state."""

    what: str
    state: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSize:
    bytes: int
    pages_free: int
    """Pages of the file that hold nothing."""


KINDS = (
    "issues",
    "merge_requests",
    "discussions",
    "notes",
    "system_notes",
    "events",
    "issue_links",
    "file_changes",
    "commits",
    "documents",
    "chunks",
)
"""`notes` are those by people."""


class StoreFigures(Protocol):
    """Tombstones are not counted."""

    def projects(self) -> tuple[ProjectFigures, ...]:
        """By path, then instance."""
        ...

    def dirty_sources(self) -> int:
        """Documents that are due."""
        ...

    def counts(self, project_ids: Collection[ProjectId] | None) -> tuple[Count, ...]:
        """Of these projects, or of all: `KINDS` in this order, issues and merge requests by state.

        A kind of which there is none has the count 0.
        """
        ...

    def size(self) -> StoreSize: ...
