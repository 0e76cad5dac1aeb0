"""Stage reconcile: heal what `updated_after` cannot see: deletions, silent edits, times set back (rule 12)."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.cancellation import Cancellation
from application.ports.clock import Clock
from application.ports.content_store import ContentStore
from application.ports.gitlab_reader import GitLabs, ListPage
from application.ports.progress import Progress
from application.ports.workers import Workers
from application.sync.item_lookup import ItemGone, ProjectLost, look_up
from application.sync.item_writes import ItemOutcome, bury_item, write_item
from application.sync.run_scope import RunScope, SyncedProject
from domain.entities import Entity, Fetched
from domain.errors import LoreError
from domain.refs import EntityKind, EntityRef
from domain.runs import Counters


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    project: SyncedProject
    kind: EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk(_Task):
    """One list in the order of creation, and the iids that its pages have shown."""

    page: int = 1
    seen: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup(_Task):
    """One item to be asked for by itself: not in its list, or older there than here."""

    iid: int

    @property
    def ref(self) -> EntityRef:
        return EntityRef(self.project.project_id, self.kind, self.iid)


_Fate = Fetched[Entity] | ItemGone | ProjectLost


class ReconcileLists:
    """Compares every item of the projects with the store. A list that was cut short removes nothing."""

    def __init__(
        self,
        *,
        gitlabs: GitLabs,
        store: ContentStore,
        workers: Workers,
        clock: Clock,
        cancellation: Cancellation,
        progress: Progress,
    ) -> None:
        self._gitlabs = gitlabs
        self._store = store
        self._workers = workers
        self._clock = clock
        self._cancellation = cancellation
        self._progress = progress

    def __call__(self, run: RunScope, projects: Sequence[SyncedProject]) -> None:
        waiting: deque[_Task] = deque(
            _Walk(project=project, kind=kind) for project in projects for kind in project.lists
        )
        self._progress.stage("reconcile", total=len(waiting))

        def next_task() -> _Task | None:
            return self._next(run, waiting)

        for finished in self._workers.run(self._ask, next_task):
            self._cancellation.check()
            task, answer = finished.item, finished.outcome
            if isinstance(answer, LoreError):
                run.reachable.learn(task.project.instance, answer)
                self._fail(run, task, answer)
                continue
            run.reachable.learn(task.project.instance, None)
            if isinstance(task, _Walk) and isinstance(answer, ListPage):
                waiting.extend(self._compare(run, task, answer))
            elif isinstance(task, _Lookup) and not isinstance(answer, ListPage):
                self._settle(run, task, answer)
            run.lease.let_others_in()
        with self._store.writing(run.lease) as transaction:
            for project in projects:
                if project.project_id not in run.failed_projects:
                    transaction.cursors.reconcile(project.project_id, at=run.record.run.started_at)

    def _next(self, run: RunScope, waiting: deque[_Task]) -> _Task | None:
        while waiting:
            task = waiting.popleft()
            reason = run.reachable.why_not(task.project.instance, task.project.project_id)
            if reason is None:
                return task
            run.failed_projects.setdefault(task.project.project_id, reason)
        return None

    def _ask(self, task: _Task) -> ListPage | _Fate:
        reader = self._gitlabs.reader(task.project.instance)
        if isinstance(task, _Lookup):
            return look_up(reader, self._clock, task.project, task.ref)
        page = task.page if isinstance(task, _Walk) else 1
        return reader.created_page(task.project.gitlab_id, task.kind, page)

    def _fail(self, run: RunScope, task: _Task, error: LoreError) -> None:
        run.failed_projects.setdefault(task.project.project_id, error)
        run.fail("reconcile", error, task.project, task.kind, task.iid if isinstance(task, _Lookup) else None)

    def _compare(self, run: RunScope, walk: _Walk, answer: ListPage) -> list[_Walk | _Lookup]:
        """Write what differs; then the next page, or after the last one what the list did not show."""
        older = [
            _Lookup(project=walk.project, kind=walk.kind, iid=outcome.ref.iid)
            for item in answer.items
            if (outcome := self._write(run, walk.project, item, answer.requested_at)).change is None
        ]
        seen = walk.seen | {item.value.iid for item in answer.items}
        self._progress.advance(0 if answer.has_next else 1, detail=walk.project.path)
        if answer.has_next:
            return [*older, _Walk(project=walk.project, kind=walk.kind, page=walk.page + 1, seen=seen)]
        if answer.rejected:  # what could not be read may be any of those that seem to be missing
            return list(older)
        with self._store.reading() as view:
            missing = view.entities.living_iids(walk.project.project_id, walk.kind) - seen
        return [
            *older,
            *(_Lookup(project=walk.project, kind=walk.kind, iid=iid) for iid in sorted(missing)),
        ]

    def _settle(self, run: RunScope, task: _Lookup, answer: _Fate) -> None:
        match answer:
            case ItemGone(confirmed_at=at):
                with self._store.writing(run.lease) as transaction:
                    bury_item(transaction, task.ref, gone_at=at, dirty_at=self._clock.now_ms())
            case ProjectLost(error=error):
                run.reachable.lose(task.project.project_id, error)
                self._fail(run, task, error)
            case Fetched():
                self._write(run, task.project, answer, answer.requested_at, confirmed=True)

    def _write(
        self,
        run: RunScope,
        project: SyncedProject,
        item: Fetched[Entity],
        request_started_at: int,
        *,
        confirmed: bool = False,
    ) -> ItemOutcome:
        with self._store.writing(run.lease) as transaction:
            outcome = write_item(
                transaction,
                project,
                item,
                request_started_at=request_started_at,
                dirty_at=self._clock.now_ms(),
                confirmed=confirmed,
            )
            if outcome.wanted and outcome.change is not None:
                transaction.jobs.queue(outcome.ref, outcome.wanted)
        run.record.count(outcome.counters if outcome.change is not None else Counters(fetched=1))
        return outcome
