"""Set up one GitLab: see that all of it works, then write it down."""

from dataclasses import dataclass

from application.operations.check_tokens import CheckedInstance, CheckTokens, CheckTokensOf, TokenReport
from application.ports.locks import SYNC, Locks
from application.ports.private_files import PrivateFiles
from application.sync.commands import NamedOnInstance, SyncProjects
from application.sync.resolve_projects import FoundProject, ResolveProjects, Unresolved
from domain.errors import LoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    instance: CheckedInstance
    projects: tuple[str, ...]
    groups: tuple[str, ...]
    config_path: str
    config_text: str
    """The whole file as it will be."""
    lock_wait_ms: int = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpReport:
    config_path: str
    token: TokenReport
    projects: tuple[str, ...]
    """Full paths of what was registered, the projects of groups included."""


class SetUpInstance:
    """Token, projects and groups are asked about first; what is not there raises, and nothing is set up.

    Then the configuration is written, and the projects are registered in the store.
    """

    def __init__(
        self, *, check_tokens: CheckTokens, resolve_projects: ResolveProjects, files: PrivateFiles, locks: Locks
    ) -> None:
        self._check_tokens = check_tokens
        self._resolve_projects = resolve_projects
        self._files = files
        self._locks = locks

    def __call__(self, command: SetUp) -> SetUpReport:
        (token,) = self._check_tokens(CheckTokensOf(instances=(command.instance,)))
        found, missing = self._resolve_projects.find(_asked(command))
        if missing:
            raise _not_there(missing)
        self._files.write(command.config_path, command.config_text)
        if found:
            self._register(found, command.lock_wait_ms)
        return SetUpReport(
            config_path=command.config_path, token=token, projects=tuple(one.project.path for one in found)
        )

    def _register(self, found: tuple[FoundProject, ...], wait_ms: int) -> None:
        with self._locks.hold(SYNC, wait_ms=wait_ms) as lease:
            self._resolve_projects.register(lease, found)


def _asked(command: SetUp) -> SyncProjects:
    name, url = command.instance.name, command.instance.url
    return SyncProjects(
        projects=tuple(NamedOnInstance(instance=name, base_url=url, path=path) for path in command.projects),
        groups=tuple(NamedOnInstance(instance=name, base_url=url, path=path) for path in command.groups),
    )


def _not_there(missing: tuple[Unresolved, ...]) -> LoreError:
    """The first one's error, naming all of them."""
    first = missing[0].error
    first.details["missing"] = {one.named.path: one.error.message for one in missing}
    return first
