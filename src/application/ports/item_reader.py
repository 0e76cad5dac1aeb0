"""Reading issues and merge requests out of the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.entities import DependentRecord, Entity
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId


class SortField(StrEnum):
    UPDATED = "updated_at"
    CREATED = "created_at"
    IID = "iid"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Every condition that is given must hold. Names compare whatever their case; times are milliseconds UTC."""

    kind: EntityKind
    project_ids: tuple[ProjectId, ...] | None = None
    state: str | None = None
    author: str | None = None
    assignee: str | None = None
    reviewer: str | None = None
    labels: tuple[str, ...] = ()
    milestone: str | None = None
    updated_since: int | None = None
    updated_until: int | None = None
    due_before: str | None = None
    has_due: bool = False
    draft: bool | None = None
    source_branch: str | None = None
    target_branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOrder:
    field: SortField = SortField.UPDATED
    ascending: bool = False


NEWEST_UPDATE_FIRST = ItemOrder()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPosition:
    """The last row of a page: its value in the order's field, and its key, which decides between equals."""

    value: int | str
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadItem:
    """An item as the store holds it."""

    ref: EntityRef
    project_path: str
    entity: Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSlice:
    items: tuple[ReadItem, ...]
    total: int
    """How many the filter fits in all."""
    last: ItemPosition | None
    """Where the next slice goes on; None at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReference:
    """A reference from or to an item, with the other item's title and state where the store holds it."""

    project_path: str
    kind: EntityKind
    iid: int
    relation: str
    origin: str
    title: str | None
    state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProject:
    project_id: ProjectId
    instance: str
    path: str
    synced_at: int | None
    in_standard_sync: bool


class ItemReader(Protocol):
    """Items with a tombstone are never shown."""

    def projects(self) -> tuple[KnownProject, ...]:
        """Every project, by path."""
        ...

    def slice(self, chosen: ItemFilter, order: ItemOrder, *, limit: int, after: ItemPosition | None) -> ItemSlice:
        """At most `limit` items after a position."""
        ...

    def find(self, ref: EntityRef) -> ReadItem | None: ...

    def records(self, ref: EntityRef, dependent: DependentKind) -> tuple[DependentRecord, ...]:
        """One dependent set, in GitLab's order; threads that are gone left out."""
        ...

    def fetched_sets(self, ref: EntityRef) -> Mapping[DependentKind, int]:
        """When the last fetch of each set began; a set that is not among them was never fetched."""
        ...

    def references_from(self, ref: EntityRef) -> tuple[ReadReference, ...]: ...

    def references_to(self, ref: EntityRef) -> Sequence[ReadReference]:
        """Who refers to the item, under any name its project ever had."""
        ...
