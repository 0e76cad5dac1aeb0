"""What the stages of one run share: its record, its lock, and who is past asking."""

from dataclasses import dataclass, field

from application.ports.locks import Lease
from application.sync.recorder import RunRecord
from domain.errors import GitLabAuthFailed, GitLabForbidden, GitLabRateLimited, GitLabUnavailable, LoreError
from domain.refs import EntityKind, ProjectId
from domain.runs import Counters, Failure

UNAVAILABLE_IN_A_ROW = 5
"""After so many requests that failed with all their retries, an instance is not asked again in this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedProject:
    """A project of this run, found on GitLab and registered in the store."""

    project_id: ProjectId
    instance: str
    base_url: str
    gitlab_id: int
    path: str
    lists: tuple[EntityKind, ...] = tuple(EntityKind)
    """The lists that the project has: a feature that is switched off has none."""


@dataclass(slots=True)
class Reachability:
    """Which instances and projects of this run are past asking, and why.

    One that refuses the token, wants no more requests, or does not answer, would refuse the thousands of requests
    that are still to come as well.
    """

    _instances: dict[str, LoreError] = field(default_factory=dict)
    _projects: dict[ProjectId, LoreError] = field(default_factory=dict)
    _unavailable: dict[str, int] = field(default_factory=dict)

    def learn(self, instance: str, error: LoreError | None) -> None:
        """Take note of how a request ended; None: well."""
        if not isinstance(error, GitLabUnavailable):
            self._unavailable.pop(instance, None)
        if isinstance(error, GitLabUnavailable):
            self._unavailable[instance] = self._unavailable.get(instance, 0) + 1
            if self._unavailable[instance] >= UNAVAILABLE_IN_A_ROW:
                self._instances.setdefault(instance, error)
        elif isinstance(error, GitLabRateLimited) or (
            isinstance(error, GitLabAuthFailed) and not isinstance(error, GitLabForbidden)
        ):
            self._instances.setdefault(instance, error)

    def lose(self, project_id: ProjectId, error: LoreError) -> None:
        self._projects.setdefault(project_id, error)

    def why_not(self, instance: str, project_id: ProjectId | None = None) -> LoreError | None:
        """Why nothing more is to be asked there, or None."""
        if instance in self._instances:
            return self._instances[instance]
        return None if project_id is None else self._projects.get(project_id)


@dataclass(slots=True, kw_only=True)
class RunScope:
    """One standard run while it holds the `sync` lock."""

    record: RunRecord
    lease: Lease
    reachable: Reachability
    failed_projects: dict[ProjectId, LoreError] = field(default_factory=dict)
    """Projects of which something could not be read to its end."""
    failed_lists: dict[ProjectId, int] = field(default_factory=dict)

    def fail_list(self, error: LoreError, project: SyncedProject, kind: EntityKind) -> None:
        self.failed_projects.setdefault(project.project_id, error)
        self.failed_lists[project.project_id] = self.failed_lists.get(project.project_id, 0) + 1
        self.fail("ingest", error, project, kind)

    def failed_wholly(self, project: SyncedProject) -> bool:
        """Whether none of the project's lists could be read."""
        return bool(project.lists) and self.failed_lists.get(project.project_id, 0) >= len(project.lists)

    def fail(
        self,
        stage: str,
        error: LoreError,
        project: SyncedProject,
        kind: EntityKind | None = None,
        iid: int | None = None,
    ) -> None:
        """Record one failure; the run goes on."""
        self.record.fail(failure(stage, error, project.path, kind, iid))
        self.record.count(Counters(failed=1))


def failure(
    stage: str, error: LoreError, project_path: str, kind: EntityKind | None = None, iid: int | None = None
) -> Failure:
    return Failure(stage=stage, code=error.code, message=error.message, project_path=project_path, kind=kind, iid=iid)
