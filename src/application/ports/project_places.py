"""The projects that a reading command can be about."""

from dataclasses import dataclass
from typing import Protocol

from domain.refs import ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPlace:
    project_id: ProjectId
    instance: str
    base_url: str
    path: str
    default_branch: str | None = None
    aliases: tuple[str, ...] = ()
    """Paths it had before."""
    synced_at: int | None = None
    in_standard_sync: bool = True


class ProjectPlaces(Protocol):
    def all(self) -> tuple[ProjectPlace, ...]:
        """Every stored project, by path, then by instance."""
        ...
