"""Fetch one dependent set and write it, unless the store knows better (sync.md rules 3, 5 and 8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.ports.clock import Clock
from application.ports.content_store import ContentStore, Job, Transaction
from application.ports.gitlab_reader import GitLabReader, GitLabs
from application.sync.item_lookup import ItemGone, ProjectLost, look_up
from application.sync.references import references_of_notes
from application.sync.run_scope import SyncedProject
from domain.entities import DependentAnswer, Discussion, Fetched, Rejected
from domain.errors import GitLabNotFound
from domain.freshness import is_settled
from domain.references import FoundReference
from domain.refs import DependentKind, EntityRef, SourceKey


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentTask:
    project: SyncedProject
    ref: EntityRef
    dependent: DependentKind
    job: Job | None = None
    """The queue's row where the task comes from there; surgical runs have none (C4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedSet:
    answer: DependentAnswer
    sweep: frozenset[str] = frozenset()
    """Threads of the store that GitLab does not have any more."""
    references: tuple[tuple[int, FoundReference], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMissing:
    """The item is there, but this server has no such set for it."""

    error: GitLabNotFound


FetchOutcome = FetchedSet | ItemGone | SetMissing | ProjectLost


class FetchDependents:
    """The network half; runs in a worker and reads the store only."""

    def __init__(self, *, gitlabs: GitLabs, store: ContentStore, clock: Clock) -> None:
        self._gitlabs = gitlabs
        self._store = store
        self._clock = clock

    def __call__(self, task: DependentTask) -> FetchOutcome:
        reader = self._gitlabs.reader(task.project.instance)
        try:
            answer = reader.dependents(task.project.gitlab_id, task.ref.kind, task.ref.iid, task.dependent)
        except GitLabNotFound as missing:
            return self._find_out_what_is_missing(reader, task, missing)
        if task.dependent is not DependentKind.DISCUSSIONS:
            return FetchedSet(answer=answer)
        threads = [record for record in answer.records if isinstance(record, Discussion)]
        return FetchedSet(
            answer=answer,
            sweep=self._swept(reader, task, answer, threads),
            references=references_of_notes(task.project, threads),
        )

    def _find_out_what_is_missing(
        self, reader: GitLabReader, task: DependentTask, missing: GitLabNotFound
    ) -> FetchOutcome:
        found = look_up(reader, self._clock, task.project, task.ref)
        return SetMissing(error=missing) if isinstance(found, Fetched) else found

    def _swept(
        self, reader: GitLabReader, task: DependentTask, answer: DependentAnswer, threads: Sequence[Discussion]
    ) -> frozenset[str]:
        answered = {thread.gitlab_id for thread in threads}
        rejected = {rejected.gitlab_id for rejected in answer.rejected}
        if None in rejected:  # a thread that could not be read may be any of them
            return frozenset()
        with self._store.reading() as view:
            missing = view.dependents.discussion_ids(task.ref) - answered - rejected
        if answer.pages == 1:
            return frozenset(missing)
        # Offset paging can shift a living thread out of sight, so each one is asked for by itself (rule 5).
        return frozenset(
            thread
            for thread in missing
            if not reader.discussion_exists(task.project.gitlab_id, task.ref.kind, task.ref.iid, thread)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOutcome:
    settled: bool
    discarded: bool = False
    """A newer answer was there already (rule 8)."""
    touched: tuple[SourceKey, ...] = ()


def write_set(
    transaction: Transaction, task: DependentTask, fetched: FetchedSet, *, now: int, dirty_at: int
) -> SetOutcome:
    """The store's half. A set of an item that is gone meanwhile is dropped, and counts as settled."""
    answer = fetched.answer
    stored = transaction.entities.get(task.ref)
    if stored is None or stored.deleted_at is not None:
        return SetOutcome(settled=True, discarded=True)
    state = transaction.dependents.state(task.ref, task.dependent)
    if state.fetch_started_at is not None and answer.requested_at < state.fetch_started_at:
        return SetOutcome(settled=state.watermark == stored.updated_at, discarded=True)
    touched = transaction.dependents.put(task.ref, answer, sweep=fetched.sweep, references=fetched.references)
    if task.dependent is DependentKind.DIFFS:  # the merge request's document knows its paths
        touched = (*touched, stored.source)
    transaction.dirty.mark(touched, queued_at=dirty_at)
    _quarantine(transaction, task, answer.rejected, now)
    settled = is_settled(updated_at=stored.updated_at, fetch_started_at=answer.server_requested_at)
    if settled:
        transaction.dependents.settle(task.ref, task.dependent, watermark=stored.updated_at)
    return SetOutcome(settled=settled, touched=touched)


def _quarantine(transaction: Transaction, task: DependentTask, rejected: Sequence[Rejected], now: int) -> None:
    """What was kept of the set until now was read anew with it. Its records may have no ids, so its name tells whose
    they are."""
    project_id, name = task.ref.project_id, f"{task.dependent.value} of {task.ref.kind.value} {task.ref.iid}"
    transaction.quarantine.release(project_id, name)
    for record in rejected:
        transaction.quarantine.add(project_id, replace(record, record=name), at=now)
