"""Stage resolve: configured paths and groups become projects that the store knows."""

from collections import deque
from dataclasses import dataclass

from application.ports.cancellation import Cancellation
from application.ports.clock import Clock
from application.ports.content_store import ContentStore
from application.ports.gitlab_reader import GitLabs
from application.ports.locks import Lease
from application.ports.workers import Workers
from application.sync.commands import NamedOnInstance, SyncProjects
from application.sync.register_project import register_project
from application.sync.run_scope import SyncedProject
from domain.entities import Project
from domain.errors import LoreError
from domain.refs import EntityKind, ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundProject:
    named: NamedOnInstance
    project: Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    named: NamedOnInstance
    error: LoreError


@dataclass(frozen=True, slots=True)
class _Question:
    named: NamedOnInstance
    is_group: bool


class ResolveProjects:
    """Asks GitLab for every named project and group. One that fails never stops the others."""

    def __init__(
        self, *, gitlabs: GitLabs, store: ContentStore, workers: Workers, clock: Clock, cancellation: Cancellation
    ) -> None:
        self._gitlabs = gitlabs
        self._store = store
        self._workers = workers
        self._clock = clock
        self._cancellation = cancellation

    def find(self, command: SyncProjects) -> tuple[tuple[FoundProject, ...], tuple[Unresolved, ...]]:
        """The network half: every project once, in the order of the configuration."""
        questions = [_Question(named, is_group=False) for named in command.projects]
        questions += [_Question(named, is_group=True) for named in command.groups]
        waiting = deque(questions)
        answers: dict[_Question, tuple[Project, ...] | LoreError] = {}
        for finished in self._workers.run(self._ask, lambda: waiting.popleft() if waiting else None):
            answers[finished.item] = finished.outcome
            self._cancellation.check()
        found: dict[tuple[str, int], FoundProject] = {}
        unresolved = []
        for question in questions:
            answer = answers[question]
            if isinstance(answer, LoreError):
                unresolved.append(Unresolved(named=question.named, error=answer))
                continue
            for project in answer:
                found.setdefault(
                    (question.named.instance, project.gitlab_id), FoundProject(named=question.named, project=project)
                )
        return tuple(found.values()), tuple(unresolved)

    def register(self, lease: Lease, found: tuple[FoundProject, ...]) -> tuple[SyncedProject, ...]:
        """The store's half, in one transaction."""
        with self._store.writing(lease) as transaction:
            return tuple(
                synced_project(
                    one,
                    register_project(
                        transaction, one.named, one.project, in_standard_sync=True, dirty_at=self._clock.now_ms()
                    ).project_id,
                )
                for one in found
            )

    def _ask(self, question: _Question) -> tuple[Project, ...]:
        reader = self._gitlabs.reader(question.named.instance)
        if question.is_group:
            return tuple(reader.group_projects(question.named.path))
        return (reader.project(question.named.path).value,)


def synced_project(found: FoundProject, project_id: ProjectId) -> SyncedProject:
    project = found.project
    lists = []
    if project.issues_enabled:
        lists.append(EntityKind.ISSUE)
    if project.merge_requests_enabled:
        lists.append(EntityKind.MERGE_REQUEST)
    return SyncedProject(
        project_id=project_id,
        instance=found.named.instance,
        base_url=found.named.base_url,
        gitlab_id=project.gitlab_id,
        path=project.path,
        lists=tuple(lists),
    )
