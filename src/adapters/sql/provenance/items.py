"""Port `ItemHistories`."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, bindparam, func, or_, select

from adapters.sql.item_reading import living_items, users_by_key
from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.provenance.project_places import Instance, instance_of
from adapters.sql.schema import (
    dependent_sets,
    discussions,
    entity_references,
    merge_requests,
    notes,
    resource_label_events,
    resource_milestone_events,
    resource_state_events,
)
from adapters.sql.thread_reading import living_threads
from application.ports.item_histories import ItemRecord
from domain.entities import Discussion, Entity, LabelEvent, MilestoneEvent, StateEvent, User
from domain.refs import DependentKind, EntityKind, ProjectId
from domain.timeline import ItemKey, Reference

T = TypeVar("T")

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
_THREADS = {
    kind: Prepared(
        select(
            discussions.c.id, discussions.c[tables.key].label("item_id"), func.min(notes.c.created_at).label("first_at")
        )
        .join_from(discussions, notes)
        .where(
            among(discussions.c[tables.key], "ids"), discussions.c.deleted_at.is_(None), notes.c.deleted_at.is_(None)
        )
        .group_by(discussions.c.id)
        .order_by("first_at", discussions.c.id)
    )
    for kind, tables in TABLES.items()
}


def _events(table: Table) -> dict[EntityKind, Prepared]:
    return {
        kind: Prepared(
            select(table, table.c[tables.key].label("item_id"))
            .where(among(table.c[tables.key], "ids"))
            .order_by(table.c.created_at, table.c.gitlab_id)
        )
        for kind, tables in TABLES.items()
    }


_STATES, _LABELS, _MILESTONES = map(_events, (resource_state_events, resource_label_events, resource_milestone_events))
_SYNCED = Prepared(
    select(dependent_sets.c.entity_id, dependent_sets.c.dependent).where(
        dependent_sets.c.project_id == bindparam("project_id"),
        dependent_sets.c.kind == bindparam("kind"),
        among(dependent_sets.c.iid, "iids"),
        dependent_sets.c.fetch_started_at.is_not(None),
    )
)
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
        or_(_REFERENCE.target_gitlab_id.is_not(None)),
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


@dataclass(frozen=True, slots=True)
class _Located:
    """The asked items of one kind: their names by local key."""

    kind: EntityKind
    keys: Mapping[int, ItemKey]

    @property
    def ids(self) -> str:
        return json.dumps(list(self.keys))


class SqlItemHistories:
    """Port `ItemHistories`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def entities(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, Entity]:
        with self._engine.connect() as connection:
            located = _located(connection, instance_of(connection, instance), keys)
            return {key: entity for each in located for key, entity in _entities(connection, each).items()}

    def threads(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, tuple[Discussion, ...]]:
        with self._engine.connect() as connection:
            located = _located(connection, instance_of(connection, instance), keys)
            return {key: found for each in located for key, found in _threads(connection, each).items()}

    def records(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, ItemRecord]:
        with self._engine.connect() as connection:
            known = instance_of(connection, instance)
            located = _located(connection, known, keys)
            return {key: record for each in located for key, record in _records(connection, known, each).items()}

    def references_of(self, instance: str, keys: Sequence[ItemKey]) -> tuple[Reference, ...]:
        with self._engine.connect() as connection:
            known = instance_of(connection, instance)
            rows: dict[int, Row] = {}
            for each in _located(connection, known, keys):
                rows |= {row.id: row for row in _reference_rows(connection, known, each)}
            return tuple(dict.fromkeys(_references(connection, known, list(rows.values()))))


def _located(connection: Connection, known: Instance, keys: Collection[ItemKey]) -> list[_Located]:
    asked: dict[tuple[EntityKind, ProjectId], set[int]] = defaultdict(set)
    for key in keys:
        if key.project_path in known.by_path:
            asked[key.kind, known.by_path[key.project_path]].add(key.iid)
    found: dict[EntityKind, dict[int, ItemKey]] = {kind: {} for kind in EntityKind}
    for (kind, project_id), iids in sorted(asked.items()):
        rows = _IDS[kind].run(connection, project_id=project_id, iids=json.dumps(sorted(iids)))
        found[kind] |= {row.id: ItemKey(known.paths[project_id], kind, row.iid) for row in rows}
    return [_Located(kind, named) for kind, named in found.items() if named]


def _entities(connection: Connection, located: _Located) -> dict[ItemKey, Entity]:
    items = living_items(connection, located.kind, list(located.keys))
    return {located.keys[item_id]: item.entity for item_id, item in items.items()}


def _threads(connection: Connection, located: _Located) -> dict[ItemKey, tuple[Discussion, ...]]:
    rows = list(_THREADS[located.kind].run(connection, ids=located.ids))
    threads = living_threads(connection, [row.id for row in rows])
    found: dict[ItemKey, list[Discussion]] = {key: [] for key in located.keys.values()}
    for row in rows:
        found[located.keys[row.item_id]].append(threads[row.id].discussion)
    return {key: tuple(discussions_of_item) for key, discussions_of_item in found.items()}


def _records(connection: Connection, known: Instance, located: _Located) -> dict[ItemKey, ItemRecord]:
    entities, threads = _entities(connection, located), _threads(connection, located)
    rows = {
        table: list(queries[located.kind].run(connection, ids=located.ids))
        for table, queries in (("states", _STATES), ("labels", _LABELS), ("milestones", _MILESTONES))
    }
    people = users_by_key(connection, (row.user_id for each in rows.values() for row in each))
    states = _by_item(rows["states"], lambda row: _state_event(row, people))
    labels = _by_item(rows["labels"], lambda row: _label_event(row, people))
    milestones = _by_item(rows["milestones"], lambda row: _milestone_event(row, people))
    closers = _closers(connection, known, (row.source_merge_request_gitlab_id for row in rows["states"]))
    synced = _synced(connection, known, located)
    return {
        key: ItemRecord(
            key=key,
            entity=entities[key],
            discussions=threads[key],
            state_events=states.get(item_id, ()),
            label_events=labels.get(item_id, ()),
            milestone_events=milestones.get(item_id, ()),
            closing_merge_requests=tuple(
                (number, closers[number])
                for number in dict.fromkeys(event.source_merge_request_gitlab_id for event in states.get(item_id, ()))
                if number is not None and number in closers
            ),
            synced=synced.get(item_id, frozenset()),
        )
        for item_id, key in located.keys.items()
    }


def _by_item(rows: Iterable[Row], read: Callable[[Row], T]) -> dict[int, tuple[T, ...]]:
    found: dict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[row.item_id].append(read(row))
    return {item_id: tuple(events) for item_id, events in found.items()}


def _state_event(row: Row, people: Mapping[int, User]) -> StateEvent:
    return StateEvent(
        gitlab_id=row.gitlab_id,
        state=row.state,
        created_at=row.created_at,
        user=people.get(row.user_id),
        source_commit=row.source_commit,
        source_merge_request_gitlab_id=row.source_merge_request_gitlab_id,
    )


def _label_event(row: Row, people: Mapping[int, User]) -> LabelEvent:
    return LabelEvent(
        gitlab_id=row.gitlab_id,
        action=row.action,
        created_at=row.created_at,
        label=row.label,
        user=people.get(row.user_id),
    )


def _milestone_event(row: Row, people: Mapping[int, User]) -> MilestoneEvent:
    return MilestoneEvent(
        gitlab_id=row.gitlab_id,
        action=row.action,
        created_at=row.created_at,
        milestone=row.milestone,
        user=people.get(row.user_id),
    )


def _closers(connection: Connection, known: Instance, gitlab_ids: Iterable[int | None]) -> dict[int, ItemKey]:
    wanted = sorted({number for number in gitlab_ids if number is not None})
    if not wanted:
        return {}
    rows = _BY_GITLAB_ID.run(connection, ids=json.dumps(wanted), project_ids=json.dumps(list(known.paths)))
    return {
        row.gitlab_id: ItemKey(known.paths[ProjectId(row.project_id)], EntityKind.MERGE_REQUEST, row.iid)
        for row in rows
    }


def _synced(connection: Connection, known: Instance, located: _Located) -> dict[int, frozenset[DependentKind]]:
    found: dict[int, set[DependentKind]] = defaultdict(set)
    for path in {key.project_path for key in located.keys.values()}:
        iids = [key.iid for key in located.keys.values() if key.project_path == path]
        rows = _SYNCED.run(connection, project_id=known.by_path[path], kind=located.kind, iids=json.dumps(iids))
        for row in rows:
            found[row.entity_id].add(DependentKind(row.dependent))
    return {item_id: frozenset(kinds) for item_id, kinds in found.items()}


def _reference_rows(connection: Connection, known: Instance, located: _Located) -> Iterable[Row]:
    yield from _FROM.run(connection, kind=located.kind, ids=located.ids)
    all_projects = json.dumps(list(known.paths))
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
    closers = _closers(connection, known, (row.target_gitlab_id for row in rows))
    targets = {
        row.id: closers.get(row.target_gitlab_id) if row.target_iid is None else _target(known, row) for row in rows
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


def _target(known: Instance, row: Any) -> ItemKey:
    """Under the project's present path, where it is known."""
    project_id = known.by_path.get(row.target_project_path)
    path = row.target_project_path if project_id is None else known.paths[project_id]
    return ItemKey(path, EntityKind(row.target_kind), row.target_iid)


def _held(connection: Connection, known: Instance, keys: Collection[ItemKey]) -> set[ItemKey]:
    return {key for each in _located(connection, known, keys) for key in each.keys.values()}
