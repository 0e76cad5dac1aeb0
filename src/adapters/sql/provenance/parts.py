"""The items that somebody wrote, is assigned to or reviews."""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, func, or_, select

from adapters.sql.item_reading import StoredItem, living_items
from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import instances, projects
from application.ports.people_reader import Part, PartTaken
from domain.refs import EntityKind, ProjectId
from domain.timeline import ItemKey

_PEOPLE = {Part.ASSIGNEE: "assignees", Part.REVIEWER: "reviewers"}
_PART_ORDER = list(Part)


def _fitting(item: Table, joining: Table | None, key: str) -> Select[Any]:
    chosen = (
        among(item.c.project_id + 0, "project_ids"),  # not by project: the index on people finds far fewer rows
        item.c.deleted_at.is_(None),
        item.c.updated_at >= bindparam("since"),
        or_(bindparam("any_state"), item.c.state == "opened"),
    )
    if joining is None:
        return select(item.c.id).where(*chosen, among(item.c.author_id, "ids"))
    return select(item.c.id).where(*chosen, among(joining.c.user_id, "ids")).join(joining, joining.c[key] == item.c.id)


_FITTING = {
    (kind, part): (tables.item, _fitting(tables.item, tables.people.get(_PEOPLE.get(part, "")), tables.key))
    for kind, tables in TABLES.items()
    for part in Part
    if part is Part.AUTHOR or _PEOPLE[part] in tables.people
}
_STATEMENTS = {
    name: Prepared(fitting.order_by(item.c.updated_at.desc(), item.c.id.desc()).limit(bindparam("limit")))
    for name, (item, fitting) in _FITTING.items()
}
_COUNTS = {
    name: Prepared(select(func.count()).select_from(fitting.subquery())) for name, (_, fitting) in _FITTING.items()
}
_INSTANCES = Prepared(
    select(projects.c.id, instances.c.name).join_from(projects, instances).where(among(projects.c.id, "project_ids"))
)


def count_parts(
    connection: Connection, user_keys: Sequence[int], project_ids: Collection[ProjectId]
) -> dict[tuple[EntityKind, Part], int]:
    asked = {"ids": json.dumps(list(user_keys)), "project_ids": json.dumps(sorted(project_ids)), "since": 0}
    return {name: query.run(connection, any_state=False, **asked).scalar() for name, query in _COUNTS.items()}


def parts_taken(
    connection: Connection,
    user_keys: Sequence[int],
    project_ids: Collection[ProjectId],
    *,
    open_only: bool,
    since: int,
    limit: int,
) -> tuple[PartTaken, ...]:
    listed = json.dumps(sorted(project_ids))
    asked = {"ids": json.dumps(list(user_keys)), "project_ids": listed, "since": since, "limit": limit}
    found = {
        (kind, part): list(query.run(connection, any_state=not open_only, **asked).scalars())
        for (kind, part), query in _STATEMENTS.items()
    }
    names = {row.id: row.name for row in _INSTANCES.run(connection, project_ids=listed)}
    parts = list(_parts(connection, found, names))
    return tuple(sorted(parts, key=lambda one: (-one.entity.updated_at, one.item, _PART_ORDER.index(one.part))))


def _parts(
    connection: Connection, found: dict[tuple[EntityKind, Part], list[int]], names: dict[int, str]
) -> Iterator[PartTaken]:
    for kind in EntityKind:
        wanted = {item_id for (of_kind, _), ids in found.items() if of_kind is kind for item_id in ids}
        items = living_items(connection, kind, wanted)
        for (of_kind, part), ids in found.items():
            if of_kind is kind:
                yield from (_part(items[item_id], kind, part, names) for item_id in ids if item_id in items)


def _part(item: StoredItem, kind: EntityKind, part: Part, names: dict[int, str]) -> PartTaken:
    key = ItemKey(item.project_path, kind, item.entity.iid)
    return PartTaken(instance=names[item.project_id], item=key, entity=item.entity, part=part)
