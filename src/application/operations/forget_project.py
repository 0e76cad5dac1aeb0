"""Remove a project from the store with everything below it."""

from dataclasses import dataclass

from application.ports.locks import SYNC, Locks
from application.ports.project_registry import ProjectRegistry, RegisteredProject
from domain.errors import Ambiguous, NotFound
from domain.nearest import similar


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetThisProject:
    path: str
    """The full path, as it is or as it once was: what deletes does not guess."""
    instance: str | None = None
    """Needed only where several instances have a project of that path."""
    lock_wait_ms: int = 30_000


class ForgetProject:
    """Returns what was removed. Raises `NotFound`, `Ambiguous` or `StoreLocked`, and then nothing was removed."""

    def __init__(self, *, registry: ProjectRegistry, locks: Locks) -> None:
        self._registry = registry
        self._locks = locks

    def __call__(self, command: ForgetThisProject) -> RegisteredProject:
        with self._locks.hold(SYNC, wait_ms=command.lock_wait_ms) as lease:
            project = self._find(command)
            self._registry.forget(lease, project.project_id)
        return project

    def _find(self, command: ForgetThisProject) -> RegisteredProject:
        known = [one for one in self._registry.projects() if command.instance in {None, one.instance}]
        found = [one for one in known if command.path == one.path] or [
            one for one in known if command.path in one.aliases
        ]
        if not found:
            near = similar(command.path, [one.path for one in known])
            raise NotFound(
                f"The store holds no project {command.path}.",
                suggestion=f"Did you mean {', '.join(near)}?" if near else "",
                actions=["lore project list"],
                details={"path": command.path, "near": list(near)},
            )
        if len(found) > 1:
            instances = [one.instance for one in found]
            raise Ambiguous(
                f"{command.path} is on several instances: {', '.join(instances)}.",
                suggestion="Say which one with --instance.",
                details={"candidates": instances},
            )
        return found[0]
