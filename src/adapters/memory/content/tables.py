"""Every table of the store, as dictionaries of frozen rows."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, TypeAlias

from application.ports.content_store import DependentState, StoredProject
from domain.document_records import Chunk, Document
from domain.entities import DependentRecord, Discussion, Entity, Fetched, Project, Rejected
from domain.references import FoundReference
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId, SourceKey

SetName: TypeAlias = tuple[EntityRef, DependentKind]
ThreadName: TypeAlias = tuple[EntityRef, str]
"""The item and GitLab's id of the discussion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    stored: StoredProject
    project: Project
    synced_at: int | None = None
    reconciled_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    source: SourceKey
    fetched: Fetched[Entity]
    references: tuple[FoundReference, ...]
    deleted_at: int | None = None

    @property
    def entity(self) -> Entity:
        return self.fetched.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRow:
    source: SourceKey
    discussion: Discussion
    deleted_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    attempts: int = 0
    last_error: str | None = None
    next_attempt_at: int | None = None
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    document: Document
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineRow:
    project_id: ProjectId | None
    rejected: Rejected
    at: int


@dataclass(slots=True, kw_only=True)
class Tables:
    """A state of the store. Rows and inner mappings are never changed in place, so a copy costs no more than its keys.

    `jobs` is in the order in which jobs were first queued. `paths` leads every path a project ever had to the one
    that was last seen there.
    """

    instances: MutableMapping[str, str] = field(default_factory=dict)
    projects: MutableMapping[ProjectId, ProjectRow] = field(default_factory=dict)
    paths: MutableMapping[tuple[str, str], ProjectId] = field(default_factory=dict)
    items: MutableMapping[EntityRef, ItemRow] = field(default_factory=dict)
    item_keys: MutableMapping[SourceKey, EntityRef] = field(default_factory=dict)
    threads: MutableMapping[EntityRef, Mapping[str, ThreadRow]] = field(default_factory=dict)
    thread_keys: MutableMapping[SourceKey, ThreadName] = field(default_factory=dict)
    note_references: MutableMapping[EntityRef, Mapping[int, tuple[FoundReference, ...]]] = field(default_factory=dict)
    sets: MutableMapping[SetName, tuple[DependentRecord, ...]] = field(default_factory=dict)
    set_states: MutableMapping[SetName, DependentState] = field(default_factory=dict)
    payloads: MutableMapping[SetName, bytes] = field(default_factory=dict)
    jobs: MutableMapping[SetName, JobRow] = field(default_factory=dict)
    cursors: MutableMapping[tuple[ProjectId, EntityKind], int] = field(default_factory=dict)
    dirty: MutableMapping[SourceKey, int] = field(default_factory=dict)
    documents: MutableMapping[SourceKey, DocumentRow] = field(default_factory=dict)
    quarantine: MutableMapping[tuple[object, ...], QuarantineRow] = field(default_factory=dict)
    last_ids: MutableMapping[str, int] = field(default_factory=dict)

    def copy(self) -> "Tables":
        return Tables(**{table.name: dict(getattr(self, table.name)) for table in fields(self)})

    def read_only(self) -> "Tables":
        """The same state, in which every attempt to change a row raises `TypeError` or `AttributeError`."""
        proxies: dict[str, Any] = {table.name: MappingProxyType(getattr(self, table.name)) for table in fields(self)}
        return Tables(**proxies)

    def new_id(self, table: str) -> int:
        """The next local key; one is never given twice."""
        self.last_ids[table] = self.last_ids.get(table, 0) + 1
        return self.last_ids[table]
