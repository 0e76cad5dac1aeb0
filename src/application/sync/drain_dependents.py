"""Stage dependents: drain `pending_dependent_fetches` (rule 4)."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence

from application.ports.cancellation import Cancellation
from application.ports.clock import Clock
from application.ports.content_store import ContentStore, Job
from application.ports.progress import Progress
from application.ports.workers import Workers
from application.sync.dependent_sets import (
    DependentTask,
    FetchDependents,
    FetchedSet,
    FetchOutcome,
    write_set,
)
from application.sync.item_lookup import ItemGone, ProjectLost
from application.sync.item_writes import bury_item
from application.sync.run_scope import RunScope, SyncedProject
from domain.errors import LoreError
from domain.refs import DependentKind, ProjectId
from domain.runs import Counters

CLAIM = 200
"""Jobs claimed in one transaction."""

FIRST_RETRY_MS = 30_000
LAST_RETRY_MS = 480_000


def next_attempt_after(attempts: int) -> int:
    """Milliseconds to wait after so many failed attempts: 30 s, doubling to 480 s."""
    return min(FIRST_RETRY_MS << min(attempts - 1, 10), LAST_RETRY_MS)


class DrainDependents:
    """Each answer is one transaction: its data, its watermark if settled, its job gone."""

    def __init__(
        self,
        *,
        fetch: FetchDependents,
        store: ContentStore,
        workers: Workers,
        clock: Clock,
        cancellation: Cancellation,
        progress: Progress,
    ) -> None:
        self._fetch = fetch
        self._store = store
        self._workers = workers
        self._clock = clock
        self._cancellation = cancellation
        self._progress = progress

    def __call__(self, run: RunScope, projects: Sequence[SyncedProject], dependents: Collection[DependentKind]) -> None:
        by_id = {project.project_id: project for project in projects}
        waiting: deque[DependentTask] = deque()
        with self._store.writing(run.lease) as transaction:
            transaction.jobs.queue_unsettled(by_id)
            total = transaction.jobs.count(by_id)
        self._progress.stage("dependents", total=total)
        try:
            for finished in self._workers.run(self._fetch, lambda: self._next(run, by_id, dependents, waiting)):
                self._cancellation.check()
                self._settle(run, finished.item, finished.outcome)
                self._progress.advance(detail=finished.item.project.path)
                run.lease.let_others_in()
        finally:
            self._release(run)

    def _next(
        self,
        run: RunScope,
        projects: Mapping[ProjectId, SyncedProject],
        dependents: Collection[DependentKind],
        waiting: deque[DependentTask],
    ) -> DependentTask | None:
        while True:
            if not waiting:
                waiting.extend(self._claim(run, projects, dependents))
            if not waiting:
                return None
            task = waiting.popleft()
            if run.reachable.why_not(task.project.instance, task.project.project_id) is None:
                return task

    def _claim(
        self, run: RunScope, projects: Mapping[ProjectId, SyncedProject], dependents: Collection[DependentKind]
    ) -> list[DependentTask]:
        with self._store.writing(run.lease) as transaction:
            jobs = transaction.jobs.claim(
                run.record.run.run_id, projects, dependents, now=self._clock.now_ms(), limit=CLAIM
            )
        return [
            DependentTask(project=projects[job.ref.project_id], ref=job.ref, dependent=job.dependent, job=job)
            for job in jobs
        ]

    def _settle(self, run: RunScope, task: DependentTask, outcome: FetchOutcome | LoreError) -> None:
        job, project = task.job, task.project
        if job is None:
            raise AssertionError("a task of the queue has a job")
        run.reachable.learn(project.instance, outcome if isinstance(outcome, LoreError) else None)
        match outcome:
            case FetchedSet():
                self._write(run, task, job, outcome)
            case ItemGone():
                self._bury(run, task, outcome)
            case ProjectLost(error=error):
                run.reachable.lose(project.project_id, error)
                run.failed_projects.setdefault(project.project_id, error)
                run.fail("dependents", error, project)
            case LoreError():
                run.fail(f"dependents:{task.dependent}", outcome, project, task.ref.kind, task.ref.iid)
                self._fail(run, job, outcome)
            case _:
                run.fail(f"dependents:{task.dependent}", outcome.error, project, task.ref.kind, task.ref.iid)
                self._do_without(run, task, job)

    def _write(self, run: RunScope, task: DependentTask, job: Job, fetched: FetchedSet) -> None:
        now = self._clock.now_ms()
        with self._store.writing(run.lease) as transaction:
            outcome = write_set(transaction, task, fetched, now=now, dirty_at=now)
            if outcome.settled:
                transaction.jobs.complete(job)
            else:
                transaction.jobs.keep(job)
        run.record.count(
            Counters(
                dependents_fetched=1,
                unsettled=int(not outcome.settled),
                quarantined=0 if outcome.discarded else len(fetched.answer.rejected),
            )
        )

    def _bury(self, run: RunScope, task: DependentTask, gone: ItemGone) -> None:
        with self._store.writing(run.lease) as transaction:
            bury_item(transaction, task.ref, gone_at=gone.confirmed_at, dirty_at=self._clock.now_ms())

    def _do_without(self, run: RunScope, task: DependentTask, job: Job) -> None:
        """The server has no such set for this item: said once, and not asked again until the item changes."""
        with self._store.writing(run.lease) as transaction:
            stored = transaction.entities.get(task.ref)
            if stored is not None:
                transaction.dependents.settle(task.ref, task.dependent, watermark=stored.updated_at)
            transaction.jobs.complete(job)

    def _fail(self, run: RunScope, job: Job, error: LoreError) -> None:
        later = self._clock.now_ms() + next_attempt_after(job.attempts + 1)
        with self._store.writing(run.lease) as transaction:
            transaction.jobs.fail(job, error=f"{error.code}: {error.message}", next_attempt_at=later)

    def _release(self, run: RunScope) -> None:
        with self._store.writing(run.lease) as transaction:
            transaction.jobs.release(run.record.run.run_id)
