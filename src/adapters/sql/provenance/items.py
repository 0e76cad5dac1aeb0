"""Port `ItemHistories`."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Engine, Table, bindparam, func, select

from adapters.sql.item_reading import living_items, users_by_key
from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.provenance.locating import Instance, Located, instance_of, located
from adapters.sql.provenance.references import closers, references_of
from adapters.sql.schema import (
    dependent_sets,
    discussions,
    notes,
    resource_label_events,
    resource_milestone_events,
    resource_state_events,
)
from adapters.sql.thread_reading import living_threads
from application.ports.item_histories import ItemRecord
from domain.entities import Discussion, Entity, LabelEvent, MilestoneEvent, StateEvent, User
from domain.refs import DependentKind, EntityKind
from domain.timeline import ItemKey, Reference

T = TypeVar("T")

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


class SqlItemHistories:
    """Port `ItemHistories`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def entities(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, Entity]:
        with self._engine.connect() as connection:
            found = located(connection, instance_of(connection, instance), keys)
            return {key: entity for each in found for key, entity in _entities(connection, each).items()}

    def threads(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, tuple[Discussion, ...]]:
        with self._engine.connect() as connection:
            found = located(connection, instance_of(connection, instance), keys)
            return {key: found for each in found for key, found in _threads(connection, each).items()}

    def records(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, ItemRecord]:
        with self._engine.connect() as connection:
            known = instance_of(connection, instance)
            found = located(connection, known, keys)
            return {key: record for each in found for key, record in _records(connection, known, each).items()}

    def references_of(self, instance: str, keys: Sequence[ItemKey]) -> tuple[Reference, ...]:
        with self._engine.connect() as connection:
            return references_of(connection, instance_of(connection, instance), keys)


def _entities(connection: Connection, one: Located) -> dict[ItemKey, Entity]:
    items = living_items(connection, one.kind, list(one.keys))
    return {one.keys[item_id]: item.entity for item_id, item in items.items()}


def _threads(connection: Connection, one: Located) -> dict[ItemKey, tuple[Discussion, ...]]:
    rows = list(_THREADS[one.kind].run(connection, ids=one.ids))
    threads = living_threads(connection, [row.id for row in rows])
    found: dict[ItemKey, list[Discussion]] = {key: [] for key in one.keys.values()}
    for row in rows:
        found[one.keys[row.item_id]].append(threads[row.id].discussion)
    return {key: tuple(discussions_of_item) for key, discussions_of_item in found.items()}


def _records(connection: Connection, known: Instance, one: Located) -> dict[ItemKey, ItemRecord]:
    entities, threads = _entities(connection, one), _threads(connection, one)
    rows = {
        table: list(queries[one.kind].run(connection, ids=one.ids))
        for table, queries in (("states", _STATES), ("labels", _LABELS), ("milestones", _MILESTONES))
    }
    people = users_by_key(connection, (row.user_id for each in rows.values() for row in each))
    states = _by_item(rows["states"], lambda row: _state_event(row, people))
    labels = _by_item(rows["labels"], lambda row: _label_event(row, people))
    milestones = _by_item(rows["milestones"], lambda row: _milestone_event(row, people))
    behind = closers(connection, known, (row.source_merge_request_gitlab_id for row in rows["states"]))
    synced = _synced(connection, known, one)
    return {
        key: ItemRecord(
            key=key,
            entity=entities[key],
            discussions=threads[key],
            state_events=states.get(item_id, ()),
            label_events=labels.get(item_id, ()),
            milestone_events=milestones.get(item_id, ()),
            closing_merge_requests=tuple(
                (number, behind[number])
                for number in dict.fromkeys(event.source_merge_request_gitlab_id for event in states.get(item_id, ()))
                if number is not None and number in behind
            ),
            synced=synced.get(item_id, frozenset()),
        )
        for item_id, key in one.keys.items()
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


def _synced(connection: Connection, known: Instance, one: Located) -> dict[int, frozenset[DependentKind]]:
    found: dict[int, set[DependentKind]] = defaultdict(set)
    for path in {key.project_path for key in one.keys.values()}:
        iids = [key.iid for key in one.keys.values() if key.project_path == path]
        rows = _SYNCED.run(connection, project_id=known.by_path[path], kind=one.kind, iids=json.dumps(iids))
        for row in rows:
            found[row.entity_id].add(DependentKind(row.dependent))
    return {item_id: frozenset(kinds) for item_id, kinds in found.items()}
