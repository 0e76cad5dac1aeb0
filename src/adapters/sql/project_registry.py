"""The projects of the store, listed with what is held of each, and removed whole."""

from typing import Any

from sqlalchemy import Engine, Table, bindparam, delete, false, func, select

from adapters.sql.connections import for_writing
from adapters.sql.prepared import Prepared
from adapters.sql.schema import app_locks, instances, issues, merge_requests, notes, project_aliases, projects
from application.ports.locks import Lease
from application.ports.project_registry import RegisteredProject
from domain.errors import LockLost
from domain.refs import ProjectId


def _living(table: Table, *conditions: Any) -> Any:
    """How many rows of a project the table holds that have no tombstone."""
    own = (table.c.project_id == projects.c.id, table.c.deleted_at.is_(None))
    return select(func.count()).select_from(table).where(*own, *conditions).scalar_subquery()


_PROJECTS = Prepared(
    select(
        projects.c.id,
        instances.c.name.label("instance"),
        projects.c.path,
        projects.c.web_url,
        projects.c.in_standard_sync,
        _living(issues).label("issues"),
        _living(merge_requests).label("merge_requests"),
        _living(notes, notes.c.system == false()).label("notes"),
    )
    .join_from(projects, instances)
    .order_by(projects.c.path, instances.c.name)
)
_ALIASES = Prepared(
    select(project_aliases.c.project_id, project_aliases.c.path)
    .join_from(project_aliases, projects, project_aliases.c.project_id == projects.c.id)
    .where(project_aliases.c.path != projects.c.path)
    .order_by(project_aliases.c.id)
)
_HELD = Prepared(
    select(app_locks.c.name).where(app_locks.c.name == bindparam("lock"), app_locks.c.owner == bindparam("me"))
)
_FORGET = Prepared(delete(projects).where(projects.c.id == bindparam("gone")))


class SqlProjectRegistry:
    """Port `ProjectRegistry`. What is below a project goes with its row, by foreign keys and triggers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    def projects(self) -> tuple[RegisteredProject, ...]:
        with self._engine.connect() as connection:
            aliases: dict[int, list[str]] = {}
            for row in _ALIASES.run(connection):
                aliases.setdefault(row.project_id, []).append(row.path)
            return tuple(
                RegisteredProject(
                    project_id=ProjectId(row.id),
                    instance=row.instance,
                    path=row.path,
                    web_url=row.web_url,
                    in_standard_sync=bool(row.in_standard_sync),
                    issues=row.issues,
                    merge_requests=row.merge_requests,
                    notes=row.notes,
                    aliases=tuple(aliases.get(row.id, ())),
                )
                for row in _PROJECTS.run(connection)
            )

    def forget(self, lease: Lease, project_id: ProjectId) -> None:
        with self._writer.begin() as connection:
            if _HELD.run(connection, lock=lease.name, me=lease.owner).first() is None:
                raise LockLost(
                    f"The lock {lease.name!r} has another owner now; nothing was removed.",
                    suggestion="Run the command again.",
                    details={"lock": lease.name},
                )
            _FORGET.run(connection, gone=project_id)
