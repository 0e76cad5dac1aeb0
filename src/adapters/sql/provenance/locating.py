"""Finding the rows of items that are named by their projects' paths."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, among
from adapters.sql.provenance.project_places import project_places
from domain.refs import EntityKind, ProjectId
from domain.timeline import ItemKey

_IDS = {
    kind: Prepared(
        select(tables.item.c.id, tables.item.c.iid).where(
            tables.item.c.project_id == bindparam("project_id"),
            among(tables.item.c.iid, "iids"),
            tables.item.c.deleted_at.is_(None),
        )
    )
    for kind, tables in TABLES.items()
}


@dataclass(frozen=True, slots=True)
class Instance:
    """The projects of one instance: by every path they have or had, and the present path of each."""

    by_path: dict[str, ProjectId]
    paths: dict[ProjectId, str]

    @property
    def project_ids(self) -> str:
        return json.dumps(list(self.paths))


@dataclass(frozen=True, slots=True)
class Located:
    """The asked items of one kind: their names by local key."""

    kind: EntityKind
    keys: Mapping[int, ItemKey]

    @property
    def ids(self) -> str:
        return json.dumps(list(self.keys))


def instance_of(connection: Connection, name: str) -> Instance:
    """Present paths win over former ones: another project may have taken a name over."""
    known = [project for project in project_places(connection) if project.instance == name]
    former = {alias: project.project_id for project in known for alias in project.aliases}
    present = {project.path: project.project_id for project in known}
    return Instance({**former, **present}, {project.project_id: project.path for project in known})


def located(connection: Connection, known: Instance, keys: Collection[ItemKey]) -> list[Located]:
    asked: dict[tuple[EntityKind, ProjectId], set[int]] = defaultdict(set)
    for key in keys:
        if key.project_path in known.by_path:
            asked[key.kind, known.by_path[key.project_path]].add(key.iid)
    found: dict[EntityKind, dict[int, ItemKey]] = {kind: {} for kind in EntityKind}
    for (kind, project_id), iids in sorted(asked.items()):
        rows = _IDS[kind].run(connection, project_id=project_id, iids=json.dumps(sorted(iids)))
        found[kind] |= {row.id: ItemKey(known.paths[project_id], kind, row.iid) for row in rows}
    return [Located(kind, named) for kind, named in found.items() if named]
