"""Which projects the store holds, and letting go of one."""

from dataclasses import dataclass
from typing import Protocol

from application.ports.locks import Lease
from domain.refs import ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredProject:
    project_id: ProjectId
    instance: str
    path: str
    web_url: str
    in_standard_sync: bool
    """False: a surgical sync brought it; `lore sync` leaves it out until the configuration names it."""
    issues: int
    merge_requests: int
    notes: int
    aliases: tuple[str, ...] = ()
    """Paths it had before, oldest first."""


class ProjectRegistry(Protocol):
    def projects(self) -> tuple[RegisteredProject, ...]:
        """Every project, by path and then instance, with what the store holds of it (tombstones not counted)."""
        ...

    def forget(self, lease: Lease, project_id: ProjectId) -> None:
        """Remove the project with everything below it, in one transaction; references to it become unresolved.

        Other projects' data and all rows of the ledger stay. Raises `LockLost` if the lease is no longer held.
        """
        ...
