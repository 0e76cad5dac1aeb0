"""What documents are made from and what they are; `domain.documents` turns the one into the other.

One document for each issue, each merge request and each discussion (spec/search.md). Header facts are fields of their
own, not prose in the text.
"""

from dataclasses import dataclass

from domain.entities import Discussion, Entity
from domain.refs import EntityKind, ProjectId, SourceKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSource:
    """An issue or a merge request as the store holds it."""

    key: SourceKey
    project_id: ProjectId
    project_path: str
    entity: Entity
    paths: tuple[str, ...] = ()
    """Names of the files that a merge request's diff touches, old names too, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscussionSource:
    """A thread, with what its document shows of the item it belongs to."""

    key: SourceKey
    project_id: ProjectId
    project_path: str
    item: Entity
    discussion: Discussion


DocumentSource = ItemSource | DiscussionSource


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPart:
    """A stretch of text with one author: the item's description, or one note."""

    text: str
    note_gitlab_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentContent:
    """All that is indexed or shown of a document.

    Its times are not: `updated_at` moves with every comment; a filter needs it, but it is no reason to index the same
    text again.
    """

    title: str
    """The item's title, normalised for indexing (no `Draft:`)."""
    parts: tuple[DocumentPart, ...]
    labels: tuple[str, ...]
    people: tuple[str, ...]
    """Usernames: author first, then assignees, reviewers and writers."""
    paths: tuple[str, ...]
    state: str
    web_url: str
    """Of the item, or of the thread's first note."""
    milestone: str = ""
    """The title of the item's milestone, in the item's own document; empty: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(DocumentContent):
    key: SourceKey
    project_id: ProjectId
    project_path: str
    item_kind: EntityKind
    iid: int
    """Of the item that the document is, or belongs to."""
    author: str
    created_at: int
    updated_at: int
    content_hash: str
    """Over all fields that are indexed; equal hashes mean that nothing has to be written again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A passage of a document, small enough to embed, prefixed by the item's title."""

    ordinal: int
    text: str
    note_gitlab_id: int | None
    """The note that the passage comes from; None: the description."""
