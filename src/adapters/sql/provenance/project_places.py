"""Port `ProjectPlaces`, and what the readers beside it need to know of projects."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

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


def project_places(connection: Connection) -> Iterable[ProjectPlace]:
    aliases: dict[int, list[str]] = defaultdict(list)
    for row in _ALIASES.run(connection):
        aliases[row.project_id].append(row.path)
    for row in _PROJECTS.run(connection):
        yield ProjectPlace(
            project_id=ProjectId(row.id),
            instance=row.name,
            base_url=row.base_url,
            path=row.path,
            default_branch=row.default_branch,
            aliases=tuple(aliases[row.id]),
        )


@dataclass(frozen=True, slots=True)
class Instance:
    """The projects of one instance: by every path they have or had, and the present path of each."""

    by_path: dict[str, ProjectId]
    paths: dict[ProjectId, str]


def instance_of(connection: Connection, name: str) -> Instance:
    """Present paths win over former ones: another project may have taken a name over."""
    known = [project for project in project_places(connection) if project.instance == name]
    former = {alias: project.project_id for project in known for alias in project.aliases}
    present = {project.path: project.project_id for project in known}
    return Instance({**former, **present}, {project.project_id: project.path for project in known})
