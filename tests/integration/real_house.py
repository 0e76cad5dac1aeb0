"""A whole sync over real adapters: the container, SQLite in a folder, and HTTP to a sample GitLab."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from adapters.gitlab.readers import Habits, HttpGitLabs, InstanceConnection
from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.progress import MemoryProgress
from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.model import Issue, Item
from adapters.sample_gitlab.settings import Settings as ServerSettings
from adapters.sample_gitlab.world import World
from adapters.system.clock import SystemClock
from application.ports.embedding_stage import EmbeddingStage
from application.ports.run_ledger import RunFilter
from application.sync.commands import NamedOnInstance, SyncProjects, SyncReport
from application.sync.surgical import SyncTargets
from application.sync.surgical_results import SurgicalReport
from domain.refs import EntityKind
from domain.runs import Run
from domain.targets import SurgicalPlan, Target
from entrypoints.container import Container, Surroundings, open_container
from entrypoints.quick_injector import providers
from entrypoints.settings import EmbeddingSettings, InstanceSettings, Settings, StorageSettings, SyncSettings

INSTANCE = "sample"


class HurriedClock(SystemClock):
    """The computer's, but a sleep takes no time: it puts the clock forward."""

    def __init__(self) -> None:
        self._ahead_ms = 0
        self._turn = threading.Lock()

    def now_ms(self) -> int:
        return super().now_ms() + self._ahead_ms

    def monotonic_ms(self) -> int:
        return super().monotonic_ms() + self._ahead_ms

    def sleep(self, milliseconds: int) -> None:
        with self._turn:
            self._ahead_ms += max(milliseconds, 0)


@dataclass
class RealHouse:
    """Every run opens a container of its own and closes it, as a process would."""

    folder: Path
    url: str
    token: str
    projects: tuple[str, ...]
    clock: SystemClock = field(default_factory=HurriedClock)
    concurrency: int = 8
    timeout_s: float = 30
    cancellation: MemoryCancellation = field(default_factory=MemoryCancellation)
    embedding: EmbeddingStage | None = None
    """Instead of none at all."""

    @property
    def database(self) -> Path:
        return self.folder / "lore.db"

    @property
    def settings(self) -> Settings:
        return Settings(
            config_file=self.folder / "config.toml",
            config_exists=True,
            data_folder=self.folder,
            storage=StorageSettings(database_url=f"sqlite:///{self.database}"),
            instances=(InstanceSettings(name=INSTANCE, url=self.url, projects=self.projects),),
            sync=SyncSettings(concurrency=self.concurrency),
            embedding=EmbeddingSettings(provider="none"),
        )

    @contextmanager
    def opened(self, *, urgent: bool = False) -> Iterator[Container]:
        surroundings = Surroundings(environ={"GITLAB_TOKEN": self.token}, progress=MemoryProgress(), urgent=urgent)
        with self._gitlabs() as gitlabs, open_container(self.settings, surroundings) as box:
            box.override_providers(
                clock=providers.Object(self.clock),
                cancellation=providers.Object(self.cancellation),
                gitlabs=providers.Object(gitlabs),
            )
            if self.embedding is not None:
                box.override_providers(embedding=providers.Object(self.embedding))
            yield box

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What anybody else sees in the database at this moment."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - a name of the test's own

    def write(self, sql: str) -> None:
        """Somebody else writes."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(sql)

    @contextmanager
    def _gitlabs(self) -> Iterator[HttpGitLabs]:
        """As the container makes them, but for how long an answer is waited for."""
        connection = InstanceConnection(
            name=INSTANCE, url=self.url, token=lambda: self.token, concurrency=self.concurrency
        )
        habits = Habits(timeout_s=self.timeout_s, budget_folder=self.folder)
        with HttpGitLabs([connection], self.clock, habits) as gitlabs:
            yield gitlabs

    def sync(self, *paths: str, **options: Any) -> SyncReport:
        """The configured projects, or those that are named."""
        named = tuple(
            NamedOnInstance(instance=INSTANCE, base_url=self.url, path=path) for path in paths or self.projects
        )
        with self.opened() as box:
            return box.standard_sync()(replace(SyncProjects(projects=named), **options))

    def refresh(self, *items: Item, **options: Any) -> SurgicalReport:
        """Surgical, of items of one project."""
        return self.refresh_named(items[0].project.path, *map(named, items), **options)

    def refresh_named(self, path: str, *targets: tuple[EntityKind, int], **options: Any) -> SurgicalReport:
        with self.opened(urgent=True) as box:
            return box.surgical_sync()(replace(self.targets(path, *targets), **options))

    def targets(self, path: str, *targets: tuple[EntityKind, int]) -> SyncTargets:
        plan = SurgicalPlan(
            instance=INSTANCE,
            base_url=self.url,
            project_path=path,
            targets=tuple(Target(kind=kind, iid=iid) for kind, iid in targets),
        )
        return SyncTargets(plan=plan)

    def runs(self, **chosen: Any) -> tuple[Run, ...]:
        """Newest first."""
        with self.opened() as box:
            return box.ledger().runs(RunFilter(**chosen))

    @property
    def last_run(self) -> Run:
        return self.runs(limit=1)[0]


def named(item: Item) -> tuple[EntityKind, int]:
    return EntityKind.ISSUE if isinstance(item, Issue) else EntityKind.MERGE_REQUEST, item.iid


@contextmanager
def inhabited(folder: Path, world: World, *paths: str, **server: Any) -> Iterator[tuple[SampleGitLab, RealHouse]]:
    """A sample GitLab that serves the world on loopback, and a house that is configured for some of its projects."""
    with SampleGitLab(world, ServerSettings(**server)) as gitlab:
        chosen = paths or tuple(project.path for project in world.projects.values())
        yield gitlab, RealHouse(folder=folder, url=gitlab.url, token=next(iter(world.tokens)), projects=chosen)
