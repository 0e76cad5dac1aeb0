"""What a store or a GitLab holds, in one comparable form without local keys or times of fetching."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from domain.document_records import Chunk
from domain.entities import DependentRecord, Entity, Rejected
from domain.references import FoundReference
from domain.refs import DependentKind, EntityKind


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ItemName:
    """An issue or a merge request, by what every store calls it alike."""

    instance: str
    project: int
    """GitLab's id of the project."""
    kind: EntityKind
    iid: int


DocumentName: TypeAlias = tuple[ItemName, str | None]
"""The item, and GitLab's id of the discussion where the document is a thread's."""
SetName: TypeAlias = tuple[ItemName, DependentKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPicture:
    """A living item with all that belongs to it; a set that was never fetched is empty."""

    entity: Entity
    sets: Mapping[DependentKind, tuple[DependentRecord, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPicture:
    """A document's fields but its local keys, by their names, and its chunks."""

    fields: Mapping[str, object]
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPicture:
    path: str
    aliases: frozenset[str]
    in_standard_sync: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPicture:
    attempts: int
    last_error: str | None
    next_attempt_at: int | None
    claimed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPicture:
    """What two stores that saw the same GitLab must have in common, however they came to it."""

    items: Mapping[ItemName, ItemPicture]
    references: Mapping[ItemName, tuple[tuple[int | None, FoundReference], ...]]
    """Those of the description (None) and of each note by its GitLab id."""
    documents: Mapping[DocumentName, DocumentPicture]


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePicture:
    """The whole store."""

    content: ContentPicture
    projects: Mapping[tuple[str, int], ProjectPicture]
    tombstones: Mapping[ItemName, int]
    watermarks: Mapping[SetName, int | None]
    jobs: Mapping[SetName, JobPicture]
    cursors: Mapping[tuple[str, int, EntityKind], int]
    dirty: Mapping[DocumentName, int]
    quarantine: tuple[Rejected, ...]


def picture_of_item(entity: Entity, sets: Mapping[DependentKind, Iterable[DependentRecord]]) -> ItemPicture:
    """In canonical order."""
    return ItemPicture(
        entity=entity, sets={kind: tuple(sorted(records, key=repr)) for kind, records in sorted(sets.items())}
    )
