"""Set-up's last step: see that projects and groups are there, and put them into the store."""

from dataclasses import dataclass

from application.ports.locks import SYNC, Locks
from application.sync.commands import SyncProjects
from application.sync.resolve_projects import FoundProject, ResolveProjects, Unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredReport:
    found: tuple[str, ...]
    """Full paths, those of configured groups included."""
    missing: tuple[Unresolved, ...]


class RegisterProjects:
    """Looks first, without any lock; then registers what it found, in one transaction."""

    def __init__(self, *, resolve_projects: ResolveProjects, locks: Locks) -> None:
        self._resolve_projects = resolve_projects
        self._locks = locks

    def __call__(self, command: SyncProjects) -> RegisteredReport:
        found, missing = self._resolve_projects.find(command)
        if found:
            self._register(found, command.lock_wait_ms)
        return RegisteredReport(found=tuple(one.project.path for one in found), missing=missing)

    def _register(self, found: tuple[FoundProject, ...], wait_ms: int) -> None:
        with self._locks.hold(SYNC, wait_ms=wait_ms) as lease:
            self._resolve_projects.register(lease, found)
