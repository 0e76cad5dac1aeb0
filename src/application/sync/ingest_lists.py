"""Stage ingest: read the lists of issues and merge requests since their cursors, page by page (rules 1 and 2)."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.ports.cancellation import Cancellation
from application.ports.clock import Clock
from application.ports.content_store import ContentStore, Transaction
from application.ports.gitlab_reader import GitLabs, ListPage
from application.ports.progress import Progress
from application.ports.workers import Workers
from application.sync.item_writes import ItemOutcome, write_item
from application.sync.run_scope import RunScope, SyncedProject
from domain.errors import LoreError
from domain.freshness import cursor_after_page
from domain.list_walk import ListWalk, Seen
from domain.refs import EntityKind, ProjectId
from domain.runs import Counters


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """One list and how far it has been read; its pages follow one another, the lists go side by side."""

    project: SyncedProject
    kind: EntityKind
    walk: ListWalk
    unsettled_from: int | None = None
    """The earliest moment from which a page of this walk may have shown a row that still changed without a trace."""

    def after_page(self, page: ListPage) -> "_Chain":
        """No later page may move the cursor past what an earlier one could not be sure of."""
        last = max((item.value.updated_at for item in page.items), default=0)
        settled_until = cursor_after_page(last_updated_at=last, page_date=page.server_date)
        if settled_until == last:
            return self
        return replace(self, unsettled_from=min(settled_until, self.unsettled_from or settled_until))

    def cursor(self, page: ListPage) -> int:
        last = max(item.value.updated_at for item in page.items)
        return last if self.unsettled_from is None else min(last, self.unsettled_from)


class IngestLists:
    """Every page is one transaction with the cursor that follows it: a crash loses nothing and doubles nothing."""

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

    def __call__(self, run: RunScope, projects: Sequence[SyncedProject]) -> Counter[ProjectId]:
        """Items fetched by project. A list that fails is recorded, and the others go on."""
        waiting = deque(self._chains(projects))
        fetched: Counter[ProjectId] = Counter()
        self._progress.stage("ingest", total=len(waiting))
        for finished in self._workers.run(self._fetch, lambda: self._next(run, waiting)):
            self._cancellation.check()
            chain, outcome = finished.item, finished.outcome
            if isinstance(outcome, LoreError):
                run.reachable.learn(chain.project.instance, outcome)
                self._give_up(run, chain, outcome)
                continue
            run.reachable.learn(chain.project.instance, None)
            chain = chain.after_page(outcome)
            fetched[chain.project.project_id] += self._write(run, chain, outcome)
            self._go_on(run, chain, outcome, waiting)
            run.lease.let_others_in()
        return fetched

    def _chains(self, projects: Sequence[SyncedProject]) -> list[_Chain]:
        with self._store.reading() as view:
            return [
                _Chain(project=project, kind=kind, walk=ListWalk.start(view.cursors.get(project.project_id, kind)))
                for project in projects
                for kind in project.lists
            ]

    def _next(self, run: RunScope, waiting: deque[_Chain]) -> _Chain | None:
        while waiting:
            chain = waiting.popleft()
            reason = run.reachable.why_not(chain.project.instance)
            if reason is None:
                return chain
            self._give_up(run, chain, reason)
        return None

    def _fetch(self, chain: _Chain) -> ListPage:
        reader = self._gitlabs.reader(chain.project.instance)
        return reader.list_page(chain.project.gitlab_id, chain.kind, chain.walk.position)

    def _write(self, run: RunScope, chain: _Chain, page: ListPage) -> int:
        """The page transaction; how many items it brought that this walk had not yet delivered."""
        new = chain.walk.new(_rows(page))
        now = self._clock.now_ms()
        counters = Counters(quarantined=len(page.rejected))
        with self._store.writing(run.lease) as transaction:
            for item in page.items:
                if Seen(gitlab_id=item.value.gitlab_id, updated_at=item.value.updated_at) not in new:
                    continue
                outcome = write_item(
                    transaction, chain.project, item, request_started_at=page.requested_at, dirty_at=now
                )
                _queue(transaction, outcome)
                counters += outcome.counters
            for rejected in page.rejected:
                transaction.quarantine.add(chain.project.project_id, rejected, at=now)
            if page.items:
                transaction.cursors.move(chain.project.project_id, chain.kind, chain.cursor(page))
        run.record.count(counters)
        return counters.fetched

    def _go_on(self, run: RunScope, chain: _Chain, page: ListPage, waiting: deque[_Chain]) -> None:
        try:
            walk = chain.walk.after(_rows(page), has_next=page.has_next, keyset_cursor=page.keyset_cursor)
        except LoreError as error:
            self._give_up(run, chain, error)
            return
        if walk is None:
            self._progress.advance(detail=chain.project.path)
        else:
            self._progress.advance(0, detail=chain.project.path)
            waiting.append(replace(chain, walk=walk))

    def _give_up(self, run: RunScope, chain: _Chain, error: LoreError) -> None:
        self._progress.advance(detail=chain.project.path)
        run.fail_list(error, chain.project, chain.kind)


def _rows(page: ListPage) -> tuple[Seen, ...]:
    return tuple(Seen(gitlab_id=item.value.gitlab_id, updated_at=item.value.updated_at) for item in page.items)


def _queue(transaction: Transaction, outcome: ItemOutcome) -> None:
    if outcome.wanted:
        transaction.jobs.queue(outcome.ref, outcome.wanted)
