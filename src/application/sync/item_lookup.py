"""Find out whether an item that seems to be missing is gone (sync.md rules 4 and 12)."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.gitlab_reader import GitLabReader
from application.sync.run_scope import SyncedProject
from domain.entities import Entity, Fetched
from domain.errors import GitLabForbidden, GitLabNotFound
from domain.refs import EntityKind, EntityRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGone:
    """The item itself answers no more, while its project does."""

    confirmed_at: int
    """When the request that confirmed it began, on the local clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLost:
    error: GitLabNotFound


def look_up(
    reader: GitLabReader, clock: Clock, project: SyncedProject, ref: EntityRef
) -> Fetched[Entity] | ItemGone | ProjectLost:
    """The item, if GitLab shows it. A project that answers 404 itself says nothing about its items."""
    try:
        reader.project(project.gitlab_id)
    except GitLabNotFound as lost:
        return ProjectLost(error=lost)
    began = clock.now_ms()
    try:
        return reader.entity(project.gitlab_id, ref.kind, ref.iid)
    except GitLabNotFound:
        return ItemGone(confirmed_at=began)
    except GitLabForbidden:
        if ref.kind is EntityKind.MERGE_REQUEST:  # a hidden one says 403 where an issue says 404 (FACTS.md section a)
            return ItemGone(confirmed_at=began)
        raise
