"""Projects as rows, found by every path they ever had."""

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from adapters.sql.content.known import Known
from adapters.sql.prepared import Prepared, Row, inserting_for_key
from adapters.sql.schema import instances, project_aliases, projects
from application.ports.content_store import StoredProject
from domain.entities import Project
from domain.refs import ProjectId

_UPSERT_INSTANCE = insert(instances)
_INSTANCE = Prepared(
    _UPSERT_INSTANCE.on_conflict_do_update(
        index_elements=["name"], set_={"base_url": _UPSERT_INSTANCE.excluded.base_url}
    ).returning(instances.c.id),
    columns=("name", "base_url"),
)
_BY_GITLAB_ID = Prepared(
    select(projects).where(
        projects.c.instance_id == bindparam("instance_id"), projects.c.gitlab_id == bindparam("gitlab_id")
    )
)
_INSERT = inserting_for_key(projects)
_FIELDS = (
    "path",
    "path_is_current",
    "name",
    "web_url",
    "default_branch",
    "archived",
    "issues_enabled",
    "merge_requests_enabled",
    "in_standard_sync",
)
_UPDATE = Prepared(
    update(projects).where(projects.c.id == bindparam("key")).values({name: bindparam(name) for name in _FIELDS})
)
_PATH_TAKEN = Prepared(
    update(projects)
    .where(
        projects.c.instance_id == bindparam("instance_id"),
        projects.c.path == bindparam("path_taken"),
        projects.c.id != bindparam("key"),
    )
    .values(path_is_current=False)
)
_UPSERT_ALIAS = insert(project_aliases)
_KEEP_ALIAS = Prepared(
    _UPSERT_ALIAS.on_conflict_do_update(
        index_elements=["instance_id", "path"], set_={"project_id": _UPSERT_ALIAS.excluded.project_id}
    ),
    columns=("instance_id", "path", "project_id"),
)
_DROP_ALIAS = Prepared(
    delete(project_aliases).where(
        project_aliases.c.instance_id == bindparam("instance_id"), project_aliases.c.path == bindparam("path")
    )
)
_STORED = (projects.c.id, projects.c.gitlab_id, projects.c.path, projects.c.in_standard_sync)
_ON_INSTANCE = (instances.c.name == bindparam("instance"),)
_WEB_URL = Prepared(
    select(projects.c.web_url)
    .join_from(projects, instances)
    .where(*_ON_INSTANCE, projects.c.gitlab_id == bindparam("gitlab_id"))
)
_BY_PATH = Prepared(
    select(*_STORED)
    .join_from(projects, instances)
    .where(*_ON_INSTANCE, projects.c.path == bindparam("path"), projects.c.path_is_current)
)
_BY_ALIAS = Prepared(
    select(*_STORED)
    .join_from(project_aliases, projects, project_aliases.c.project_id == projects.c.id)
    .join(instances, projects.c.instance_id == instances.c.id)
    .where(*_ON_INSTANCE, project_aliases.c.path == bindparam("path"))
)


class SqlProjects:
    """Port `Projects`."""

    def __init__(self, known: Known) -> None:
        self._connection = known.connection

    def register(self, instance: str, base_url: str, project: Project, *, in_standard_sync: bool) -> StoredProject:
        instance_id = _INSTANCE.run(self._connection, name=instance, base_url=base_url).scalar()
        old = _BY_GITLAB_ID.run(self._connection, instance_id=instance_id, gitlab_id=project.gitlab_id).first()
        row = _row(project, in_standard_sync=in_standard_sync or (old is not None and bool(old.in_standard_sync)))
        key = self._insert(instance_id, project, row) if old is None else old.id
        if old is not None:
            _UPDATE.run(self._connection, key=key, **row)
        self._keep_paths(instance_id, key, project.path, None if old is None else old.path)
        return StoredProject(
            project_id=ProjectId(key),
            instance=instance,
            gitlab_id=project.gitlab_id,
            path=project.path,
            in_standard_sync=bool(row["in_standard_sync"]),
        )

    def web_url(self, instance: str, gitlab_id: int) -> str | None:
        found: str | None = _WEB_URL.run(self._connection, instance=instance, gitlab_id=gitlab_id).scalar()
        return found

    def find(self, instance: str, path: str) -> StoredProject | None:
        for statement in (_BY_PATH, _BY_ALIAS):
            row = statement.run(self._connection, instance=instance, path=path).first()
            if row is not None:
                return _stored(instance, row)
        return None

    def _insert(self, instance_id: int, project: Project, row: dict[str, object]) -> int:
        inserted = _INSERT.run(
            self._connection,
            instance_id=instance_id,
            gitlab_id=project.gitlab_id,
            last_synced_at=None,
            last_reconciled_at=None,
            **row,
        )
        return int(inserted.scalar())

    def _keep_paths(self, instance_id: int, key: int, path: str, old_path: str | None) -> None:
        """A path leads to the project that was last seen under it, now or once (rule 11)."""
        _DROP_ALIAS.run(self._connection, instance_id=instance_id, path=path)
        _PATH_TAKEN.run(self._connection, instance_id=instance_id, path_taken=path, key=key)
        if old_path not in {None, path}:
            _KEEP_ALIAS.run(self._connection, instance_id=instance_id, path=old_path, project_id=key)


def _row(project: Project, *, in_standard_sync: bool) -> dict[str, object]:
    here = {"path_is_current": True, "in_standard_sync": in_standard_sync}
    return {name: getattr(project, name) for name in _FIELDS if name not in here} | here


def _stored(instance: str, row: Row) -> StoredProject:
    return StoredProject(
        project_id=ProjectId(row.id),
        instance=instance,
        gitlab_id=row.gitlab_id,
        path=row.path,
        in_standard_sync=bool(row.in_standard_sync),
    )
