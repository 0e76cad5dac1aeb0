"""Cross references read back, each with the present names of both ends."""

import json
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, bindparam, select

from adapters.sql.item_reading import living_items
from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.provenance.locating import Instance, Located, located
from adapters.sql.schema import entity_references, merge_requests
from domain.refs import EntityKind, ProjectId
from domain.timeline import ItemKey, Reference

_BY_GITLAB_ID = Prepared(
    select(merge_requests.c.gitlab_id, merge_requests.c.iid, merge_requests.c.project_id).where(
        among(merge_requests.c.gitlab_id, "ids"),
        among(merge_requests.c.project_id, "project_ids"),
        merge_requests.c.deleted_at.is_(None),
    )
)
_REFERENCE = entity_references.c
_FROM = Prepared(
    select(entity_references).where(
        _REFERENCE.source_kind == bindparam("kind"), among(_REFERENCE.source_entity_id, "ids")
    )
)
_TO = Prepared(
    select(entity_references).where(
        _REFERENCE.target_kind == bindparam("kind"),
        among(_REFERENCE.target_iid, "iids"),
        among(_REFERENCE.target_project_path, "paths"),
        among(_REFERENCE.project_id, "project_ids"),
    )
)
_TO_GITLAB_ID = Prepared(
    select(entity_references).where(
        _REFERENCE.target_gitlab_id.is_not(None),
        among(_REFERENCE.target_gitlab_id, "ids"),
        among(_REFERENCE.project_id, "project_ids"),
    )
)
_NAMES = {
    kind: Prepared(
        select(tables.item.c.id, tables.item.c.iid, tables.item.c.project_id).where(
            among(tables.item.c.id, "ids"), tables.item.c.deleted_at.is_(None)
        )
    )
    for kind, tables in TABLES.items()
}


def references_of(connection: Connection, known: Instance, keys: Sequence[ItemKey]) -> tuple[Reference, ...]:
    rows: dict[int, Row] = {}
    for each in located(connection, known, keys):
        rows |= {row.id: row for row in _reference_rows(connection, known, each)}
    return tuple(dict.fromkeys(_references(connection, known, list(rows.values()))))


def closers(connection: Connection, known: Instance, gitlab_ids: Iterable[int | None]) -> dict[int, ItemKey]:
    wanted = sorted({number for number in gitlab_ids if number is not None})
    if not wanted:
        return {}
    rows = _BY_GITLAB_ID.run(connection, ids=json.dumps(wanted), project_ids=json.dumps(list(known.paths)))
    return {
        row.gitlab_id: ItemKey(known.paths[ProjectId(row.project_id)], EntityKind.MERGE_REQUEST, row.iid)
        for row in rows
    }


def _reference_rows(connection: Connection, known: Instance, located: Located) -> Iterable[Row]:
    yield from _FROM.run(connection, kind=located.kind, ids=located.ids)
    all_projects = known.project_ids
    for path in {key.project_path for key in located.keys.values()}:
        names = [name for name, project_id in known.by_path.items() if project_id == known.by_path[path]]
        iids = {key.iid for key in located.keys.values() if key.project_path == path}
        wanted = {"iids": json.dumps(sorted(iids)), "paths": json.dumps(names), "project_ids": all_projects}
        for row in _TO.run(connection, kind=located.kind, **wanted):
            if known.by_path.get(row.target_project_path) == known.by_path[path]:
                yield row
    if located.kind is EntityKind.MERGE_REQUEST:
        items = living_items(connection, located.kind, list(located.keys))
        ids = json.dumps(sorted(item.entity.gitlab_id for item in items.values()))
        yield from _TO_GITLAB_ID.run(connection, ids=ids, project_ids=all_projects)


def _references(connection: Connection, known: Instance, rows: Sequence[Row]) -> Iterable[Reference]:
    sources = _source_names(connection, known, rows)
    behind = closers(connection, known, (row.target_gitlab_id for row in rows))
    targets = {
        row.id: behind.get(row.target_gitlab_id) if row.target_iid is None else _target(known, row) for row in rows
    }
    held = _held(connection, known, [target for target in targets.values() if target is not None])
    for row in sorted(rows, key=lambda row: row.id):
        source, target = sources.get((row.source_kind, row.source_entity_id)), targets[row.id]
        if source is not None and target is not None and source != target:
            yield Reference(source=source, target=target, relation=row.relation, stored=target in held)


def _source_names(connection: Connection, known: Instance, rows: Sequence[Row]) -> dict[tuple[str, int], ItemKey]:
    found: dict[tuple[str, int], ItemKey] = {}
    for kind in EntityKind:
        ids = sorted({row.source_entity_id for row in rows if row.source_kind == kind})
        for row in _NAMES[kind].run(connection, ids=json.dumps(ids)) if ids else ():
            if ProjectId(row.project_id) in known.paths:
                found[kind, row.id] = ItemKey(known.paths[ProjectId(row.project_id)], kind, row.iid)
    return found


def _target(known: Instance, row: Row) -> ItemKey:
    """Under the project's present path, where it is known."""
    project_id = known.by_path.get(row.target_project_path)
    path = row.target_project_path if project_id is None else known.paths[project_id]
    return ItemKey(path, EntityKind(row.target_kind), row.target_iid)


def _held(connection: Connection, known: Instance, keys: Collection[ItemKey]) -> set[ItemKey]:
    return {key for each in located(connection, known, keys) for key in each.keys.values()}
