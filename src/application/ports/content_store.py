"""The store's content, written in transactions by whoever holds the `sync` lock."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from application.ports.locks import Lease
from domain.document_records import Chunk, Document, DocumentSource
from domain.entities import DependentAnswer, Entity, Fetched, Project, Rejected
from domain.references import FoundReference
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId, SourceKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProject:
    project_id: ProjectId
    instance: str
    gitlab_id: int
    path: str
    in_standard_sync: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntity:
    """What freshness decisions need to know of an item that the store holds."""

    source: SourceKey
    gitlab_id: int
    updated_at: int
    last_seen_at: int
    deleted_at: int | None


class Change(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a write of an item did, and the documents that show something else now.

    `touched` holds the item's own key where it was created or changed, and its threads' keys where its title, state,
    labels or address changed (C2).
    """

    change: Change
    touched: tuple[SourceKey, ...]


class Projects(Protocol):
    def register(self, instance: str, base_url: str, project: Project, *, in_standard_sync: bool) -> StoredProject:
        """Insert or update by (instance, GitLab id); a new path keeps the old one as an alias (rule 11).

        A project once in standard sync stays there when a surgical run registers it again.
        """
        ...

    def web_url(self, instance: str, gitlab_id: int) -> str | None:
        """As it was registered last; None: it never was."""
        ...

    def find(self, instance: str, path: str) -> StoredProject | None:
        """By present path or alias."""
        ...


class Entities(Protocol):
    def get(self, ref: EntityRef) -> StoredEntity | None: ...

    def put(self, project_id: ProjectId, fetched: Fetched[Entity], references: Sequence[FoundReference]) -> Written:
        """Write item, labels, people, milestone, raw payload and the references of its description.

        Sets `last_seen_at` to the fetch's `requested_at`, revives a tombstone, and makes every dependent set of the
        item wanted for its new `updated_at`. Freshness (C13) is the caller's to decide.
        """
        ...

    def move(self, project_id: ProjectId, former: str, present: str) -> tuple[SourceKey, ...]:
        """Give the items below the project's former address theirs below the present one; returns the keys of all
        documents that may tell an address of theirs, those of threads too."""
        ...

    def living_iids(self, project_id: ProjectId, kind: EntityKind) -> frozenset[int]:
        """Of every item without a tombstone."""
        ...

    def bury(self, ref: EntityRef, *, deleted_at: int) -> tuple[SourceKey, ...]:
        """Set the tombstone of an item and its threads; returns the keys whose documents must go."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentState:
    """How fresh one dependent set is (rules 3 and 8). None: never."""

    watermark: int | None
    fetch_started_at: int | None


class Dependents(Protocol):
    def state(self, ref: EntityRef, dependent: DependentKind) -> DependentState: ...

    def discussion_ids(self, ref: EntityRef) -> frozenset[str]:
        """GitLab ids of the item's living threads."""
        ...

    def put(
        self,
        ref: EntityRef,
        answer: DependentAnswer,
        *,
        sweep: Collection[str] | None,
        references: Sequence[tuple[int, FoundReference]],
    ) -> tuple[SourceKey, ...]:
        """Write one complete set; returns the thread keys whose documents show something else now.

        Discussions are upserted by GitLab id, so local ids stay; of the living ones not in the answer, those named in
        `sweep` are removed (None: all of them). Notes of a thread that its answer does not hold are removed. Every
        other kind is replaced as a whole. `references` are (note's GitLab id, reference) pairs of the answer's notes;
        links, closes and state events become references by themselves. Stores the answer's `requested_at` as
        `fetch_started_at`. Freshness (rule 8) is the caller's to decide.
        """
        ...

    def settle(self, ref: EntityRef, dependent: DependentKind, *, watermark: int) -> None:
        """Move the watermark to the `updated_at` that the set was fetched for, never back."""
        ...

    def unsettle_all(self, project_ids: Collection[ProjectId]) -> None:
        """Forget every watermark of the projects (`--full`)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    ref: EntityRef
    dependent: DependentKind
    attempts: int
    project_gitlab_id: int
    instance: str


class Jobs(Protocol):
    """`pending_dependent_fetches`; unique by (item, dependent kind)."""

    def queue(self, ref: EntityRef, dependents: Iterable[DependentKind]) -> None:
        """A job that is already there becomes due at once and keeps its attempts."""
        ...

    def queue_unsettled(self, project_ids: Collection[ProjectId]) -> int:
        """Queue a job for every set of a living item whose watermark is behind its `updated_at` (rule 4)."""
        ...

    def claim(
        self,
        run_id: str,
        project_ids: Collection[ProjectId],
        dependents: Collection[DependentKind],
        *,
        now: int,
        limit: int,
    ) -> tuple[Job, ...]:
        """Up to `limit` due jobs of these projects and kinds that this run has not claimed yet, oldest first.

        A claim by another run does not count: only one standard sync lives at a time, so its owner is gone.
        """
        ...

    def complete(self, job: Job) -> None: ...

    def release(self, run_id: str) -> None:
        """Give back every job this run still claims."""
        ...

    def keep(self, job: Job) -> None:
        """Leave the job for the next run, as after an unsettled fetch: no attempt is counted."""
        ...

    def fail(self, job: Job, *, error: str, next_attempt_at: int) -> None: ...

    def drop_of(self, ref: EntityRef) -> None: ...

    def count(self, project_ids: Collection[ProjectId]) -> int: ...


class Cursors(Protocol):
    def get(self, project_id: ProjectId, kind: EntityKind) -> int | None:
        """Server time up to which the list was read, or None."""
        ...

    def move(self, project_id: ProjectId, kind: EntityKind, cursor: int) -> None: ...

    def reset(self, project_ids: Collection[ProjectId]) -> None: ...

    def finish(self, project_id: ProjectId, *, at: int) -> None:
        """Record that a standard sync read the project's lists to their ends.

        Where the project was never reconciled, its first reconcile counts from here (rule 12).
        """
        ...

    def reconciled_at(self, project_id: ProjectId) -> int | None: ...

    def reconcile(self, project_id: ProjectId, *, at: int) -> None:
        """Record that a reconcile of the project was complete."""
        ...


class DirtySources(Protocol):
    """`dirty_sources`, keyed by source with UPSERT semantics (C2)."""

    def mark(self, keys: Iterable[SourceKey], *, queued_at: int) -> None:
        """`queued_at` becomes max(old, given)."""
        ...

    def queued_at(self, keys: Collection[SourceKey]) -> dict[SourceKey, int]:
        """Those of the keys that are dirty."""
        ...

    def oldest(self, limit: int) -> dict[SourceKey, int]: ...

    def clear(self, key: SourceKey, *, queued_at: int) -> bool:
        """Delete the row if `queued_at` is still what was read."""
        ...

    def count(self) -> int: ...


class Documents(Protocol):
    """Documents, their chunks and the full-text index, always changed together."""

    def sources(self, keys: Sequence[SourceKey]) -> dict[SourceKey, DocumentSource]:
        """What documents are rendered from; a key that is gone or has a tombstone is left out."""
        ...

    def content_hashes(self, keys: Sequence[SourceKey]) -> dict[SourceKey, str]: ...

    def put(self, document: Document, chunks: Sequence[Chunk]) -> None:
        """Replace the document of its key, its chunks and its index entries. Chunks of unchanged text keep their
        vectors."""
        ...

    def refresh(self, document: Document) -> None:
        """Store the dates of a document whose text is unchanged; a comment moves them without changing a word."""
        ...

    def remove(self, key: SourceKey) -> bool: ...


class Quarantine(Protocol):
    def add(self, project_id: ProjectId | None, rejected: Rejected, *, at: int) -> None:
        """A record that comes again replaces what was kept of it."""
        ...

    def release(self, project_id: ProjectId, record: str, gitlab_id: str | None = None) -> None:
        """Forget a record that could be read since; without an id, all that should have been a `record`."""
        ...

    def release_all(self, project_ids: Collection[ProjectId]) -> None:
        """Forget what was kept of these projects, of which everything is about to be read again (`--full`)."""
        ...


class Transaction(Protocol):
    """Everything that changes together."""

    @property
    def projects(self) -> Projects: ...
    @property
    def entities(self) -> Entities: ...
    @property
    def dependents(self) -> Dependents: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def cursors(self) -> Cursors: ...
    @property
    def dirty(self) -> DirtySources: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def quarantine(self) -> Quarantine: ...


class ContentStore(Protocol):
    def writing(self, lease: Lease) -> AbstractContextManager[Transaction]:
        """One transaction: all of it is kept when the block ends, nothing when it raises.

        Checks at its start that the lease's row still has its owner, and raises `LockLost` otherwise (section 5).
        """
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """A consistent view. Nothing may be written through it."""
        ...
