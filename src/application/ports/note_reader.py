"""Reading notes out of the store."""

from dataclasses import dataclass
from typing import Protocol

from domain.entities import Note
from domain.refs import EntityKind, EntityRef, ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFilter:
    """Every condition that is given must hold; `text` is looked for as it stands, whatever its case."""

    project_ids: tuple[ProjectId, ...] | None = None
    author: str | None = None
    type: str | None = None
    """`DiffNote` or `DiscussionNote`."""
    path: str | None = None
    """A file, or a folder that ends with a slash."""
    text: str | None = None
    created_since: int | None = None
    created_until: int | None = None
    kind: EntityKind | None = None
    iid: int | None = None
    """Of the parent; needs `kind`."""
    resolved: bool | None = None
    """Only of notes that can be resolved."""
    system: bool = False
    """GitLab's own notes too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePosition:
    created_at: int
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNote:
    note: Note
    discussion_gitlab_id: str
    parent: EntityRef
    parent_title: str
    parent_web_url: str
    project_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSlice:
    notes: tuple[ReadNote, ...]
    total: int
    last: NotePosition | None


class NoteReader(Protocol):
    """Notes of living threads of living items."""

    def notes(self, chosen: NoteFilter, *, limit: int, ascending: bool, after: NotePosition | None) -> NoteSlice:
        """By time of creation."""
        ...
