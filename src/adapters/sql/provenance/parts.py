"""The items that somebody wrote, is assigned to or reviews."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, Table, bindparam, exists, func, select

from adapters.sql.item_reading import StoredItem, living_items
from adapters.sql.item_tables import TABLES, ItemTables
from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import instances, projects
from application.ports.people_reader import Part, PartsTaken, PartTaken
from domain.refs import EntityKind, ProjectId
from domain.timeline import ItemKey

_PEOPLE = {Part.ASSIGNEE: "assignees", Part.REVIEWER: "reviewers"}
_PART_ORDER = list(Part)


def _open(tables: ItemTables, joining: Table | None) -> Select[Any]:
    """By the index on states: who works for years has a part in far more items than are open in all."""
    item = tables.item
    is_theirs = (
        among(item.c.author_id + 0, "ids")
        if joining is None
        else exists().where(joining.c[tables.key] == item.c.id, among(joining.c.user_id, "ids"))
    )
    return _living(item).where(among(item.c.project_id, "project_ids"), item.c.state == "opened", is_theirs)


def _in_any_state(tables: ItemTables, joining: Table | None) -> Select[Any]:
    """Not by project: the indexes on people find far fewer rows."""
    item = tables.item
    chosen = _living(item).where(among(item.c.project_id + 0, "project_ids"))
    if joining is None:
        return chosen.where(among(item.c.author_id, "ids"))
    return chosen.where(among(joining.c.user_id, "ids")).join(joining, joining.c[tables.key] == item.c.id)


def _living(item: Table) -> Select[Any]:
    return select(item.c.id, func.count().over().label("total")).where(
        item.c.deleted_at.is_(None), item.c.updated_at >= bindparam("since")
    )


_Name: TypeAlias = tuple[EntityKind, Part]


_Way: TypeAlias = Callable[[ItemTables, Table | None], Select[Any]]


def _statements(way: _Way) -> dict[_Name, Prepared]:
    return {
        (kind, part): Prepared(partial(_newest, way, tables, tables.people.get(_PEOPLE.get(part, ""))))
        for kind, tables in TABLES.items()
        for part in Part
        if part is Part.AUTHOR or _PEOPLE[part] in tables.people
    }


def _newest(way: _Way, tables: ItemTables, joining: Table | None) -> Select[Any]:
    item = tables.item
    return way(tables, joining).order_by(item.c.updated_at.desc(), item.c.id.desc()).limit(bindparam("limit"))


_OPEN = _statements(_open)
_IN_ANY_STATE = _statements(_in_any_state)
_INSTANCES = Prepared(
    select(projects.c.id, instances.c.name).join_from(projects, instances).where(among(projects.c.id, "project_ids"))
)


def parts_taken(
    connection: Connection,
    user_keys: Sequence[int],
    project_ids: Collection[ProjectId],
    *,
    open_only: bool,
    since: int,
    limit: int,
) -> PartsTaken:
    listed = json.dumps(sorted(project_ids))
    asked = {"ids": json.dumps(list(user_keys)), "project_ids": listed, "since": since, "limit": limit}
    found = {
        name: list(query.run(connection, **asked)) for name, query in (_OPEN if open_only else _IN_ANY_STATE).items()
    }
    names = {row.id: row.name for row in _INSTANCES.run(connection, project_ids=listed)}
    parts = list(_parts(connection, {name: [row.id for row in rows] for name, rows in found.items()}, names))
    return PartsTaken(
        totals={name: rows[0].total for name, rows in found.items() if rows},
        parts=tuple(sorted(parts, key=lambda one: (-one.entity.updated_at, one.item, _PART_ORDER.index(one.part)))),
    )


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
