"""Port `ProjectPlaces`."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, select

from adapters.sql.prepared import Prepared
from adapters.sql.schema import instances, project_aliases, projects
from application.ports.project_places import ProjectPlace
from domain.refs import ProjectId

_PROJECTS = Prepared(
    select(
        projects.c.id,
        projects.c.path,
        projects.c.path_is_current,
        projects.c.default_branch,
        projects.c.last_synced_at,
        projects.c.in_standard_sync,
        instances.c.name,
        instances.c.base_url,
    )
    .join_from(projects, instances)
    .order_by(projects.c.path, instances.c.name)
)
_ALIASES = Prepared(select(project_aliases.c.project_id, project_aliases.c.path).order_by(project_aliases.c.id))


class SqlProjectPlaces:
    """Port `ProjectPlaces`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> tuple[ProjectPlace, ...]:
        with self._engine.connect() as connection:
            return tuple(project_places(connection))


def project_places(connection: Connection) -> Iterator[ProjectPlace]:
    """A project whose path another one took over since is not to be found there any more."""
    aliases: dict[int, list[str]] = defaultdict(list)
    for row in _ALIASES.run(connection):
        aliases[row.project_id].append(row.path)
    for row in _PROJECTS.run(connection):
        if not row.path_is_current:
            continue
        yield ProjectPlace(
            project_id=ProjectId(row.id),
            instance=row.name,
            base_url=row.base_url,
            path=row.path,
            default_branch=row.default_branch,
            aliases=tuple(alias for alias in aliases[row.id] if alias != row.path),
            synced_at=row.last_synced_at,
            in_standard_sync=bool(row.in_standard_sync),
        )
