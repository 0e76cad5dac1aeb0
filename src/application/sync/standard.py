"""Bring every configured project up to date (sync.md section 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.ports.cancellation import Cancellation
from application.ports.content_store import ContentStore
from application.ports.embedding_stage import EmbeddingStage
from application.ports.gitlab_reader import GitLabs
from application.ports.locks import STANDARD, SYNC, Lease, Locks
from application.ports.progress import Progress
from application.sync.commands import ProjectReport, SyncProjects, SyncReport
from application.sync.drain_dependents import DrainDependents
from application.sync.drain_dirty_sources import DrainDirtySources
from application.sync.ingest_lists import IngestLists
from application.sync.reconcile_lists import ReconcileLists
from application.sync.recorder import RunRecord, SyncRunRecorder
from application.sync.resolve_projects import FoundProject, ResolveProjects, Unresolved
from application.sync.run_scope import Reachability, RunScope, SyncedProject, failure
from domain.errors import LoreError
from domain.refs import ProjectId
from domain.runs import Counters, RunMode, RunPhase

EMBED_WAIT_MS = 30_000
READ_WHOLE = 30_000
"""Passages read in part that one sync reads to their end, in some five minutes; `lore embed` reads what is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    projects: tuple[SyncedProject, ...]
    fetched: Mapping[ProjectId, int]
    failed: Mapping[ProjectId, LoreError]


class StandardSync:
    """resolve -> ingest (-> reconcile) -> dependents -> docs -> embed.

    Only one lives at a time. Content is written under the `sync` lock, which is let go after any transaction for
    whoever waits, and released before embedding (C11). Raises the first project's error where every project failed.
    """

    def __init__(
        self,
        *,
        recorder: SyncRunRecorder,
        locks: Locks,
        gitlabs: GitLabs,
        store: ContentStore,
        resolve_projects: ResolveProjects,
        ingest_lists: IngestLists,
        reconcile_lists: ReconcileLists,
        drain_dependents: DrainDependents,
        drain_dirty_sources: DrainDirtySources,
        embedding: EmbeddingStage,
        cancellation: Cancellation,
        progress: Progress,
    ) -> None:
        self._recorder = recorder
        self._locks = locks
        self._gitlabs = gitlabs
        self._store = store
        self._resolve_projects = resolve_projects
        self._ingest_lists = ingest_lists
        self._reconcile_lists = reconcile_lists
        self._drain_dependents = drain_dependents
        self._drain_dirty_sources = drain_dirty_sources
        self._embedding = embedding
        self._cancellation = cancellation
        self._progress = progress

    def __call__(self, command: SyncProjects) -> SyncReport:
        with (
            self._recorder.recording(RunMode.STANDARD, RunPhase.RESOLVE, self._gitlabs.statistics) as record,
            self._locks.hold(STANDARD, wait_ms=command.lock_wait_ms),
        ):
            named = [*command.projects, *command.groups]
            record.name_targets(project=None, targets=[one.path for one in named])
            self._progress.stage("resolve", total=len(named))
            found, unresolved = self._resolve_projects.find(command)
            for one in unresolved:
                record.fail(failure("resolve", one.error, one.named.path))
                record.count(Counters(failed=1))
            if not found and unresolved:
                raise unresolved[0].error
            with self._locks.hold(SYNC, wait_ms=command.lock_wait_ms) as lease:
                content = self._content(record, lease, command, found)
            warnings = self._embed(record, command)
        return SyncReport(run=record.run, projects=_reports(content, unresolved), warnings=warnings)

    def _content(
        self, record: RunRecord, lease: Lease, command: SyncProjects, found: tuple[FoundProject, ...]
    ) -> _Content:
        projects = self._resolve_projects.register(lease, found)
        run = RunScope(record=record, lease=lease, reachable=Reachability())
        if command.full:
            self._start_over(run, projects)
        record.enter(RunPhase.INGEST)
        fetched = self._ingest_lists(run, projects)
        _raise_if_all_failed(run, projects)
        due = self._due(command, run, projects)
        if due:
            record.enter(RunPhase.RECONCILE)
            self._reconcile_lists(run, due)
        record.enter(RunPhase.DEPENDENTS)
        self._drain_dependents(run, projects, command.dependents)
        self._finish(run, projects)
        if command.docs:
            record.enter(RunPhase.DOCS)
            generated = self._drain_dirty_sources(lease)
            record.count(Counters(documents_written=len(generated.regenerated), documents_removed=generated.removed))
        return _Content(projects=projects, fetched=fetched, failed=run.failed_projects)

    def _start_over(self, run: RunScope, projects: Sequence[SyncedProject]) -> None:
        ids = [project.project_id for project in projects]
        with self._store.writing(run.lease) as transaction:
            transaction.cursors.reset(ids)
            transaction.quarantine.release_all(ids)
            transaction.dependents.unsettle_all(ids)

    def _due(
        self, command: SyncProjects, run: RunScope, projects: Sequence[SyncedProject]
    ) -> tuple[SyncedProject, ...]:
        """Those to reconcile: all when asked, else those whose last time was long enough ago."""
        whole = tuple(project for project in projects if project.project_id not in run.failed_projects)
        if command.reconcile or command.reconcile_after_ms is None:
            return whole if command.reconcile else ()
        latest = run.record.run.started_at - command.reconcile_after_ms
        with self._store.reading() as view:
            last = {project.project_id: view.cursors.reconciled_at(project.project_id) for project in whole}
        return tuple(project for project in whole if (at := last[project.project_id]) is not None and at <= latest)

    def _finish(self, run: RunScope, projects: Sequence[SyncedProject]) -> None:
        """What was complete at the start of the run is known now to be in the store."""
        with self._store.writing(run.lease) as transaction:
            for project in projects:
                if project.project_id not in run.failed_projects:
                    transaction.cursors.finish(project.project_id, at=run.record.run.started_at)

    def _embed(self, record: RunRecord, command: SyncProjects) -> tuple[str, ...]:
        if not command.embed or not command.docs:
            return ()
        self._cancellation.check()
        record.enter(RunPhase.EMBED)
        try:
            outcome = self._embedding.embed(None, wait_ms=EMBED_WAIT_MS, whole_at_most=READ_WHOLE)
        except LoreError as error:
            record.fail(failure("embed", error, ""))
            return (error.message,)
        record.count(Counters(chunks_embedded=outcome.chunks_embedded))
        return (outcome.note,) if outcome.note else ()


def _raise_if_all_failed(run: RunScope, projects: Sequence[SyncedProject]) -> None:
    if projects and all(run.failed_wholly(project) for project in projects):
        raise run.failed_projects[projects[0].project_id]


def _reports(content: _Content, unresolved: Sequence[Unresolved]) -> tuple[ProjectReport, ...]:
    reports = [
        ProjectReport(
            path=project.path,
            fetched=content.fetched.get(project.project_id, 0),
            note=_why_nothing(content, project),
        )
        for project in content.projects
    ]
    return (*reports, *(ProjectReport(path=one.named.path, fetched=0, note=one.error.message) for one in unresolved))


def _why_nothing(content: _Content, project: SyncedProject) -> str:
    error = content.failed.get(project.project_id)
    if error is not None:
        return error.message
    if not project.lists:
        return "Issues and merge requests are switched off in this project."
    if not content.fetched.get(project.project_id):
        return "Nothing changed since the last sync, or there is nothing that this token may see."
    return ""
