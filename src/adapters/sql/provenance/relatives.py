"""Port `Relatives`."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Engine, Select, bindparam, func, select

from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import labels, merge_requests, mr_file_changes, projects
from application.ports.relatives import COMMON, Shared
from domain.refs import EntityKind, ProjectId
from domain.timeline import ItemKey

_OF_PROJECT: BindParameter[int] = bindparam("project_id")


def _labelled(kind: EntityKind, *columns: ColumnElement[Any]) -> Select[Any]:
    tables = TABLES[kind]
    return (
        select(*columns)
        .select_from(labels)
        .join(tables.labels, tables.labels.c.label_id == labels.c.id)
        .join(tables.item, tables.item.c.id == tables.labels.c[tables.key])
        .where(
            labels.c.project_id == _OF_PROJECT,
            labels.c.name == bindparam("name"),
            tables.item.c.deleted_at.is_(None),
        )
    )


_LABELLED = {
    kind: Prepared(
        _labelled(kind, tables.item.c.iid)
        .order_by(tables.item.c.updated_at.desc(), tables.item.c.iid.desc())
        .limit(bindparam("limit"))
    )
    for kind, tables in TABLES.items()
}
_LABEL_USE = {
    kind: Prepared(select(func.count()).select_from(_labelled(kind, tables.item.c.id).limit(COMMON).subquery()))
    for kind, tables in TABLES.items()
}
_ITEMS = {
    kind: Prepared(select(func.count()).where(tables.item.c.project_id == _OF_PROJECT))
    for kind, tables in TABLES.items()
}
_CHANGE, _MR = mr_file_changes.c, merge_requests.c
_PATHS = Prepared(
    select(_CHANGE.new_path)
    .distinct()
    .join_from(merge_requests, mr_file_changes, _CHANGE.merge_request_id == _MR.id)
    .where(_MR.project_id == _OF_PROJECT, among(_MR.iid, "iids"), _MR.deleted_at.is_(None))
    .order_by(_CHANGE.new_path)
)
_TOUCHING = (
    select(_MR.iid)
    .distinct()
    .join_from(mr_file_changes, merge_requests, _CHANGE.merge_request_id == _MR.id)
    .where(_CHANGE.project_id == _OF_PROJECT, _CHANGE.new_path == bindparam("name"), _MR.deleted_at.is_(None))
)
_NEWEST = Prepared(_TOUCHING.order_by(_MR.iid.desc()).limit(bindparam("limit")))
_PATH_USE = Prepared(select(func.count()).select_from(_TOUCHING.limit(COMMON).subquery()))
_PROJECT = Prepared(select(projects.c.path).where(projects.c.id == _OF_PROJECT))


class SqlRelatives:
    """Port `Relatives`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sharing_labels(self, project_id: ProjectId, labels: Collection[str], *, limit: int) -> Shared:
        def used(connection: Connection, name: str) -> int:
            return sum(
                query.run(connection, project_id=project_id, name=name).scalar() for query in _LABEL_USE.values()
            )

        def sharing(connection: Connection, name: str) -> Iterator[tuple[EntityKind, int]]:
            for kind, query in _LABELLED.items():
                for iid in query.run(connection, project_id=project_id, name=name, limit=limit).scalars():
                    yield kind, iid

        return self._shared(project_id, labels, used, sharing, tuple(EntityKind))

    def paths_of(self, project_id: ProjectId, iids: Collection[int]) -> tuple[str, ...]:
        with self._engine.connect() as connection:
            listed = json.dumps(sorted(set(iids)))
            return tuple(_PATHS.run(connection, project_id=project_id, iids=listed).scalars())

    def sharing_paths(self, project_id: ProjectId, paths: Collection[str], *, limit: int) -> Shared:
        def used(connection: Connection, name: str) -> int:
            count: int = _PATH_USE.run(connection, project_id=project_id, name=name).scalar()
            return count

        def sharing(connection: Connection, name: str) -> Iterator[tuple[EntityKind, int]]:
            for iid in _NEWEST.run(connection, project_id=project_id, name=name, limit=limit).scalars():
                yield EntityKind.MERGE_REQUEST, iid

        return self._shared(project_id, paths, used, sharing, (EntityKind.MERGE_REQUEST,))

    def _shared(
        self,
        project_id: ProjectId,
        names: Collection[str],
        used: Callable[[Connection, str], int],
        sharing: Callable[[Connection, str], Iterator[tuple[EntityKind, int]]],
        kinds: Sequence[EntityKind],
    ) -> Shared:
        with self._engine.connect() as connection:
            path = _PROJECT.run(connection, project_id=project_id).scalar()
            counts = {name: used(connection, name) for name in sorted(set(names))}
            telling = {name: count for name, count in counts.items() if 0 < count < COMMON}
            return Shared(
                sharing={
                    name: tuple(ItemKey(path, kind, iid) for kind, iid in sharing(connection, name)) for name in telling
                },
                used=telling,
                total=sum(_ITEMS[kind].run(connection, project_id=project_id).scalar() for kind in kinds),
            )
