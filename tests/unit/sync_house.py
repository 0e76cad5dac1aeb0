"""A whole sync over in-memory adapters: one GitLab, one store, and the use-cases between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.clock import MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.embedding_stage import MemoryEmbeddingStage
from adapters.memory.gitlab import MemoryGitLab, MemoryGitLabs
from adapters.memory.identifiers import MemoryIdentifiers
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from adapters.memory.process_identity import MemoryProcessIdentity
from adapters.memory.progress import MemoryProgress
from adapters.memory.run_ledger import MemoryRunLedger
from adapters.memory.server.model import ServerItem, ServerProject
from adapters.memory.workers import MemoryWorkers
from application.documents.generate_scoped_docs import GenerateScopedDocs
from application.ports.run_ledger import RunFilter
from application.sync.commands import NamedOnInstance, SyncProjects
from application.sync.dependent_sets import FetchDependents
from application.sync.drain_dependents import DrainDependents
from application.sync.drain_dirty_sources import DrainDirtySources
from application.sync.ingest_lists import IngestLists
from application.sync.preflight import Preflight
from application.sync.reconcile_lists import ReconcileLists
from application.sync.recorder import SyncRunRecorder
from application.sync.resolve_projects import ResolveProjects
from application.sync.standard import StandardSync
from application.sync.surgical import SurgicalSync, SyncTargets
from domain.refs import EntityKind
from domain.runs import Run
from domain.targets import SurgicalPlan, Target

INSTANCE = "work"
BASE_URL = "https://gitlab.example.com"
HOUR = 3_600_000


@dataclass
class SyncHouse:
    """`gitlab` is the server, `store` the mirror; `standard()` and `surgical()` build a fresh run each time."""

    page_size: int = 100
    seed: int | None = None
    clock: MemoryClock = field(default_factory=MemoryClock)
    cancellation: MemoryCancellation = field(default_factory=MemoryCancellation)
    progress: MemoryProgress = field(default_factory=MemoryProgress)

    def __post_init__(self) -> None:
        self.liveness = MemoryLiveness()
        self.locks = MemoryLocks(self.clock, self.liveness)
        self.store = MemoryContentStore(self.locks)
        self.ledger = MemoryRunLedger(self.clock, self.liveness)
        self.gitlab = MemoryGitLab(self.clock, base_url=BASE_URL, page_size=self.page_size)
        self.gitlabs = MemoryGitLabs({INSTANCE: self.gitlab})
        self.embedding = MemoryEmbeddingStage(self.store, self.locks)
        self.identifiers = MemoryIdentifiers("run")
        self.generate_docs = GenerateScopedDocs(store=self.store)

    @property
    def recorder(self) -> SyncRunRecorder:
        return SyncRunRecorder(
            ledger=self.ledger, clock=self.clock, identifiers=self.identifiers, process=MemoryProcessIdentity()
        )

    @property
    def workers(self) -> MemoryWorkers:
        return MemoryWorkers(seed=self.seed)

    @property
    def fetch_dependents(self) -> FetchDependents:
        return FetchDependents(gitlabs=self.gitlabs, store=self.store, clock=self.clock)

    def standard(self) -> StandardSync:
        return StandardSync(
            recorder=self.recorder,
            locks=self.locks,
            gitlabs=self.gitlabs,
            store=self.store,
            resolve_projects=ResolveProjects(
                gitlabs=self.gitlabs,
                store=self.store,
                workers=self.workers,
                clock=self.clock,
                cancellation=self.cancellation,
            ),
            ingest_lists=IngestLists(
                gitlabs=self.gitlabs,
                store=self.store,
                workers=self.workers,
                clock=self.clock,
                cancellation=self.cancellation,
                progress=self.progress,
            ),
            reconcile_lists=ReconcileLists(
                gitlabs=self.gitlabs,
                store=self.store,
                workers=self.workers,
                clock=self.clock,
                cancellation=self.cancellation,
                progress=self.progress,
            ),
            drain_dependents=DrainDependents(
                fetch=self.fetch_dependents,
                store=self.store,
                workers=self.workers,
                clock=self.clock,
                cancellation=self.cancellation,
                progress=self.progress,
            ),
            drain_dirty_sources=DrainDirtySources(
                generate_docs=self.generate_docs,
                store=self.store,
                cancellation=self.cancellation,
                progress=self.progress,
            ),
            embedding=self.embedding,
            cancellation=self.cancellation,
            progress=self.progress,
        )

    def surgical(self) -> SurgicalSync:
        return SurgicalSync(
            recorder=self.recorder,
            locks=self.locks,
            gitlabs=self.gitlabs,
            store=self.store,
            workers=self.workers,
            preflight=Preflight(
                gitlabs=self.gitlabs, store=self.store, workers=self.workers, cancellation=self.cancellation
            ),
            fetch_dependents=self.fetch_dependents,
            generate_docs=self.generate_docs,
            embedding=self.embedding,
            clock=self.clock,
            cancellation=self.cancellation,
            progress=self.progress,
        )

    def later(self, milliseconds: int = HOUR) -> None:
        """Time goes by, so that what happened before is settled."""
        self.clock.advance(milliseconds)

    @contextmanager
    def lent_lock(self, name: str) -> Iterator[None]:
        """The lock is free for the block and its holder's again after it, as when the holder had let others in."""
        row = self.locks.rows.pop(name, None)
        yield
        if row is not None:
            self.locks.rows[name] = row

    @property
    def last_run(self) -> Run:
        return self.ledger.runs(RunFilter(limit=1))[0]

    def held_locks(self) -> set[str]:
        return set(self.locks.rows)


def everything(*projects: ServerProject, **options: Any) -> SyncProjects:
    """The command that syncs these projects."""
    named = tuple(NamedOnInstance(instance=INSTANCE, base_url=BASE_URL, path=project.path) for project in projects)
    return replace(SyncProjects(projects=named), **options)


def only(*items: ServerItem, **options: Any) -> SyncTargets:
    """The command that refreshes these items of one project."""
    path = items[0].project.path
    return targets(path, *((item.kind, item.iid) for item in items), **options)


def targets(path: str, *named: tuple[EntityKind, int], **options: Any) -> SyncTargets:
    plan = SurgicalPlan(
        instance=INSTANCE,
        base_url=BASE_URL,
        project_path=path,
        targets=tuple(Target(kind=kind, iid=iid) for kind, iid in named),
    )
    return replace(SyncTargets(plan=plan), **options)
