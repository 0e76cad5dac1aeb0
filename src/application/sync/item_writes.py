"""Write one issue or merge request, unless the store knows better (C13)."""

from dataclasses import dataclass

from application.ports.content_store import Change, StoredEntity, Transaction
from application.sync.references import references_of_item
from application.sync.run_scope import SyncedProject
from domain.entities import Entity, Fetched
from domain.freshness import is_stale_write
from domain.refs import DependentKind, EntityRef, SourceKey, dependents_of
from domain.runs import Counters


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOutcome:
    ref: EntityRef
    change: Change | None
    """None: the store had newer data, and the row was left alone."""
    touched: tuple[SourceKey, ...] = ()
    wanted: tuple[DependentKind, ...] = ()
    """Dependent sets to fetch: those whose watermark is behind the stored `updated_at`, at least."""

    @property
    def counters(self) -> Counters:
        if self.change is None:
            return Counters(fetched=1, skipped_stale=1)
        return Counters(
            fetched=1,
            created=int(self.change is Change.CREATED),
            updated=int(self.change is Change.UPDATED),
            unchanged=int(self.change is Change.UNCHANGED),
        )


def write_item(
    transaction: Transaction,
    project: SyncedProject,
    fetched: Fetched[Entity],
    *,
    request_started_at: int,
    dirty_at: int,
    confirmed: bool = False,
) -> ItemOutcome:
    """`request_started_at`: when the preflight or the page's request began; `dirty_at`: the `queued_at` to set."""
    # `confirmed`: a second GET has shown that GitLab's `updated_at` went back; the only exception to C13 (rule 12).
    entity = fetched.value
    ref = EntityRef(project.project_id, entity.kind, entity.iid)
    transaction.quarantine.release(project.project_id, entity.kind.value, str(entity.gitlab_id))
    stored = transaction.entities.get(ref)
    if stored is not None and not confirmed and _is_stale(stored, entity, request_started_at):
        return ItemOutcome(ref=ref, change=None, wanted=wanted_dependents(transaction, ref, stored.updated_at))
    written = transaction.entities.put(project.project_id, fetched, references_of_item(project, entity))
    transaction.dirty.mark(written.touched, queued_at=dirty_at)
    wanted = wanted_dependents(transaction, ref, entity.updated_at)
    if written.change is Change.UPDATED and not wanted:
        # An edit that moved no time may be a note that was deleted: the count of notes differs then.
        wanted = (DependentKind.DISCUSSIONS,)
    return ItemOutcome(ref=ref, change=written.change, touched=written.touched, wanted=wanted)


def bury_item(transaction: Transaction, ref: EntityRef, *, gone_at: int, dirty_at: int) -> tuple[SourceKey, ...]:
    """Set an item's tombstone; returns the keys whose documents go. `gone_at`: when the GET that saw it began."""
    keys = transaction.entities.bury(ref, deleted_at=gone_at)
    transaction.dirty.mark(keys, queued_at=dirty_at)
    transaction.jobs.drop_of(ref)
    return keys


def _is_stale(stored: StoredEntity, entity: Entity, request_started_at: int) -> bool:
    # An item that was seen to be gone after this request began does not come back by its answer.
    return (stored.deleted_at is not None and stored.deleted_at >= request_started_at) or is_stale_write(
        local_updated_at=stored.updated_at,
        local_last_seen_at=stored.last_seen_at,
        payload_updated_at=entity.updated_at,
        request_started_at=request_started_at,
    )


def wanted_dependents(transaction: Transaction, ref: EntityRef, updated_at: int) -> tuple[DependentKind, ...]:
    """The item's sets that were not yet fetched, settled, for this `updated_at`."""
    return tuple(
        dependent
        for dependent in dependents_of(ref.kind)
        if transaction.dependents.state(ref, dependent).watermark != updated_at
    )
