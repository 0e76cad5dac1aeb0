"""Refresh the named issues and merge requests, and nothing else (sync.md sections 2 and 3)."""

from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from application.documents.generate_scoped_docs import GeneratedDocs, GenerateDocs, GenerateScopedDocs
from application.ports.cancellation import Cancellation
from application.ports.clock import Clock
from application.ports.content_store import ContentStore, Transaction
from application.ports.embedding_stage import EmbeddingStage
from application.ports.gitlab_reader import GitLabs
from application.ports.locks import SYNC, Lease, Locks
from application.ports.progress import Progress
from application.ports.workers import Workers
from application.sync.commands import NamedOnInstance
from application.sync.dependent_sets import DependentTask, FetchDependents, FetchedSet, SetMissing, write_set
from application.sync.item_lookup import ItemGone, ProjectLost
from application.sync.item_writes import ItemOutcome, bury_item, write_item
from application.sync.preflight import Preflight, PreflightFindings
from application.sync.preflight_errors import preflight_error, reconcile_action
from application.sync.recorder import RunRecord, SyncRunRecorder
from application.sync.register_project import register_project
from application.sync.resolve_projects import FoundProject, synced_project
from application.sync.run_scope import SyncedProject, failure
from application.sync.surgical_results import ResultSheet, SurgicalReport
from domain.entities import Entity, Fetched, Project
from domain.errors import GitLabNotFound, LoreError
from domain.refs import DependentKind, EntityRef, SourceKey, dependents_of
from domain.runs import Counters, RunMode, RunPhase
from domain.targets import SurgicalPlan, Target

EMBED_WAIT_MS = 5_000
"""A surgical run waits so long for `AppLock("embed")`, then leaves its documents pending (C11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncTargets:
    plan: SurgicalPlan
    preflight_only: bool = False
    reconcile: bool = False
    """Give the named items that GitLab no longer has their tombstones, instead of failing (sync.md rule 12)."""
    embed: bool = True
    lock_wait_ms: int = 30_000


@dataclass(slots=True, kw_only=True)
class _Operation:
    """One surgical run under way."""

    record: RunRecord
    sheet: ResultSheet
    preflight_started_at: int
    floor_ms: int = 0
    """`run_dirty_floor_ms`: no dirty row older than this is this run's to process (C2)."""
    touched: set[SourceKey] = field(default_factory=set)
    regenerated: tuple[SourceKey, ...] = ()
    gone: tuple[Target, ...] = ()
    """Targets to be given their tombstones."""


class SurgicalSync:
    """preflight -> ingest -> dependents -> docs -> embed -> done, or failed.

    Raises `SurgicalPreflightFailed` where any target cannot be fetched (all of them told, nothing written), or the
    common error where all failed for one reason other than 404; `StoreLocked` where the lock is not to be had.
    """

    def __init__(
        self,
        *,
        recorder: SyncRunRecorder,
        locks: Locks,
        gitlabs: GitLabs,
        store: ContentStore,
        workers: Workers,
        preflight: Preflight,
        fetch_dependents: FetchDependents,
        generate_docs: GenerateScopedDocs,
        embedding: EmbeddingStage,
        clock: Clock,
        cancellation: Cancellation,
        progress: Progress,
    ) -> None:
        self._recorder = recorder
        self._locks = locks
        self._gitlabs = gitlabs
        self._store = store
        self._workers = workers
        self._preflight = preflight
        self._fetch_dependents = fetch_dependents
        self._generate_docs = generate_docs
        self._embedding = embedding
        self._clock = clock
        self._cancellation = cancellation
        self._progress = progress

    def __call__(self, command: SyncTargets) -> SurgicalReport:
        sheet = ResultSheet(command.plan)
        with self._recorder.recording(RunMode.SURGICAL, RunPhase.PREFLIGHT, self._gitlabs.statistics) as record:
            record.name_targets(
                project=command.plan.project_path, targets=[target.short for target in command.plan.targets]
            )
            record.summarize(sheet.as_json())
            run = _Operation(record=record, sheet=sheet, preflight_started_at=self._clock.now_ms())
            warnings: tuple[str, ...] = ()
            try:
                project, items = self._look(run, command)
                if not command.preflight_only:
                    self._write_content(run, command, project, items)
                    warnings = self._embed(run, command)
            finally:
                record.summarize(sheet.as_json())
        return SurgicalReport(
            run=record.run,
            project_path=command.plan.project_path,
            entity_results=sheet.results,
            suggested_retry_command=None if command.preflight_only else sheet.retry_command,
            warnings=warnings,
        )

    def _look(self, run: _Operation, command: SyncTargets) -> tuple[Project, Mapping[Target, Fetched[Entity]]]:
        plan = command.plan
        self._progress.stage("preflight", total=len(plan.targets))
        findings = self._preflight(plan)
        for target, item in findings.items.items():
            run.sheet.set(target, status="found", title=item.value.title, updated_at=item.value.updated_at)
        if command.reconcile:
            findings, run.gone = _without_gone(findings)
        for failed in findings.failures:
            actions = reconcile_action(plan, failed.target) if failed.reason == "gone" else ()
            run.sheet.set(failed.target, status=failed.reason, actions=actions)
            one = failure("preflight", failed.error, plan.project_path, failed.target.kind, failed.target.iid)
            run.sheet.add_failure(failed.target, one)
            run.record.fail(one)
        run.record.count(Counters(failed=len(findings.failures)))
        if findings.project is None or findings.failures:
            raise preflight_error(plan, findings, run.sheet)
        return findings.project, findings.items

    def _write_content(
        self, run: _Operation, command: SyncTargets, project: Project, items: Mapping[Target, Fetched[Entity]]
    ) -> None:
        self._cancellation.check()
        with self._locks.hold(SYNC, wait_ms=command.lock_wait_ms) as lease:
            try:
                run.record.enter(RunPhase.INGEST)
                synced, outcomes = self._ingest(run, lease, command.plan, project, items)
                self._cancellation.check()
                run.record.enter(RunPhase.DEPENDENTS)
                self._dependents(run, lease, synced, outcomes)
                self._cancellation.check()
                run.record.enter(RunPhase.DOCS)
            except BaseException:
                with suppress(LoreError):  # what was written gets its documents all the same (C14)
                    self._docs(run, lease)
                raise
            self._docs(run, lease)
            run.sheet.complete(command.plan.targets)

    def _ingest(
        self,
        run: _Operation,
        lease: Lease,
        plan: SurgicalPlan,
        project: Project,
        items: Mapping[Target, Fetched[Entity]],
    ) -> tuple[SyncedProject, dict[Target, ItemOutcome]]:
        """Every target in one transaction: all of them or none (C6)."""
        run.floor_ms = self._clock.now_ms()
        self._progress.stage("ingest", total=len(items))
        named = NamedOnInstance(instance=plan.instance, base_url=plan.base_url, path=plan.project_path)
        outcomes: dict[Target, ItemOutcome] = {}
        with self._store.writing(lease) as transaction:
            stored = register_project(transaction, named, project, in_standard_sync=False, dirty_at=self._dirty_at(run))
            synced = synced_project(FoundProject(named=named, project=project), stored.project_id)
            for target, item in items.items():
                self._cancellation.check()
                outcomes[target] = write_item(
                    transaction,
                    synced,
                    item,
                    request_started_at=run.preflight_started_at,
                    dirty_at=self._dirty_at(run),
                )
                run.touched.update(outcomes[target].touched)  # here, lest an interrupt after the commit forgets it
            for target in run.gone:
                self._bury(run, transaction, EntityRef(stored.project_id, target.kind, target.iid))
                run.sheet.set(target, status="removed")
        for target, outcome in outcomes.items():
            run.record.count(outcome.counters)
            run.sheet.set(target, status=outcome.change.value if outcome.change else "skipped_stale", settled=True)
        self._progress.advance(len(items))
        return synced, outcomes

    def _bury(self, run: _Operation, transaction: Transaction, ref: EntityRef) -> None:
        """GitLab answered 404 for the item while its project answered 200."""
        gone_at = run.preflight_started_at
        run.touched.update(bury_item(transaction, ref, gone_at=gone_at, dirty_at=self._dirty_at(run)))

    def _dependents(
        self, run: _Operation, lease: Lease, project: SyncedProject, outcomes: Mapping[Target, ItemOutcome]
    ) -> None:
        """Every set of every target, fetched and written directly: the queue is not this run's (C4)."""
        waiting = deque(
            DependentTask(project=project, ref=outcome.ref, dependent=dependent)
            for outcome in outcomes.values()
            for dependent in _to_fetch(outcome)
        )
        targets = {outcome.ref: target for target, outcome in outcomes.items()}
        self._progress.stage("dependents", total=len(waiting))
        for finished in self._workers.run(self._fetch_dependents, lambda: waiting.popleft() if waiting else None):
            self._cancellation.check()
            task, outcome = finished.item, finished.outcome
            self._progress.advance()
            if isinstance(outcome, FetchedSet):
                self._write_set(run, lease, task, outcome, targets[task.ref])
                continue
            error = outcome if isinstance(outcome, LoreError) else _missing(outcome, task)
            one = failure(f"dependents:{task.dependent}", error, project.path, task.ref.kind, task.ref.iid)
            run.record.fail(one)
            run.record.count(Counters(failed=1))
            run.sheet.add_failure(targets[task.ref], one)

    def _write_set(
        self, run: _Operation, lease: Lease, task: DependentTask, fetched: FetchedSet, target: Target
    ) -> None:
        with self._store.writing(lease) as transaction:
            outcome = write_set(transaction, task, fetched, now=self._clock.now_ms(), dirty_at=self._dirty_at(run))
            run.touched.update(outcome.touched)
        if not outcome.settled:
            run.sheet.set(target, settled=False)
        run.record.count(
            Counters(dependents_fetched=1, unsettled=int(not outcome.settled), quarantined=len(fetched.answer.rejected))
        )

    def _docs(self, run: _Operation, lease: Lease) -> None:
        """The documents of exactly the sources that this run touched (C2)."""
        if not run.touched:
            return
        self._progress.stage("docs", total=len(run.touched))
        done: GeneratedDocs = self._generate_docs(
            GenerateDocs(lease=lease, keys=frozenset(run.touched), floor_ms=run.floor_ms)
        )
        run.regenerated = done.regenerated
        run.record.count(Counters(documents_written=len(done.regenerated), documents_removed=done.removed))
        self._progress.advance(len(run.touched))

    def _embed(self, run: _Operation, command: SyncTargets) -> tuple[str, ...]:
        """Only what this run regenerated (C3), with the `sync` lock already given back (C11)."""
        self._cancellation.check()
        if not command.embed or not run.regenerated:
            return ()
        run.record.enter(RunPhase.EMBED)
        try:
            outcome = self._embedding.embed(run.regenerated, wait_ms=EMBED_WAIT_MS)
        except LoreError as error:
            run.record.fail(failure("embed", error, command.plan.project_path))
            return (error.message,)
        run.record.count(Counters(chunks_embedded=outcome.chunks_embedded))
        return (outcome.note,) if outcome.note else ()

    def _dirty_at(self, run: _Operation) -> int:
        return max(self._clock.now_ms(), run.floor_ms)


def _to_fetch(outcome: ItemOutcome) -> tuple[DependentKind, ...]:
    """All kinds; of an item whose stored row was newer, those that are not settled at its `updated_at` (C13)."""
    return dependents_of(outcome.ref.kind) if outcome.change is not None else outcome.wanted


def _missing(outcome: ItemGone | ProjectLost | SetMissing, task: DependentTask) -> LoreError:
    if not isinstance(outcome, ItemGone):
        return outcome.error
    return GitLabNotFound(f"GitLab answered 404 for {task.project.path}{task.ref.kind.sigil}{task.ref.iid} meanwhile.")


def _without_gone(findings: PreflightFindings) -> tuple[PreflightFindings, tuple[Target, ...]]:
    gone = tuple(failed.target for failed in findings.failures if failed.reason == "gone")
    left = tuple(failed for failed in findings.failures if failed.reason != "gone")
    return replace(findings, failures=left), gone
