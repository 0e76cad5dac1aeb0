"""Port `ItemReader`."""

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, func, select

from adapters.sql.item_reading import StoredItem, living_items, users_by_key
from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Row
from adapters.sql.reading.item_filters import beyond, conditions, sort_column
from adapters.sql.reading.item_references import references_from, references_to
from adapters.sql.reading.records import ROWS, THREAD_KEYS, record_from
from adapters.sql.schema import dependent_sets, instances, projects
from adapters.sql.thread_reading import living_threads
from application.ports.item_reader import (
    ItemFilter,
    ItemOrder,
    ItemPosition,
    ItemSlice,
    KnownProject,
    ReadItem,
    ReadReference,
)
from domain.entities import DependentRecord, Discussion
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId


class SqlItemReader:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def projects(self) -> tuple[KnownProject, ...]:
        statement = (
            select(projects, instances.c.name.label("instance"))
            .join_from(projects, instances)
            .order_by(projects.c.path)
        )
        with self._engine.connect() as connection:
            return tuple(
                KnownProject(
                    project_id=ProjectId(row.id),
                    instance=row.instance,
                    path=row.path,
                    synced_at=row.last_synced_at,
                    in_standard_sync=bool(row.in_standard_sync),
                )
                for row in connection.execute(statement)
            )

    def slice(self, chosen: ItemFilter, order: ItemOrder, *, limit: int, after: ItemPosition | None) -> ItemSlice:
        item = TABLES[chosen.kind].item
        where = conditions(chosen)
        column = sort_column(item, order)
        directed = (column.asc(), item.c.id.asc()) if order.ascending else (column.desc(), item.c.id.desc())
        page = select(item.c.id, column.label("value")).where(*where).order_by(*directed).limit(limit + 1)
        if after is not None:
            page = page.where(beyond(item, order, after))
        with self._engine.connect() as connection:
            total = connection.execute(select(func.count()).select_from(item).where(*where)).scalar_one()
            rows = connection.execute(page).all()
            shown = rows[:limit]
            found = living_items(connection, chosen.kind, [row.id for row in shown])
        last = ItemPosition(value=shown[-1].value, key=shown[-1].id) if len(rows) > limit and shown else None
        items = tuple(_read(found[row.id]) for row in shown)
        return ItemSlice(items=items, total=total, last=last)

    def find(self, ref: EntityRef) -> ReadItem | None:
        with self._engine.connect() as connection:
            item_id = _item_id(connection, ref)
            found = living_items(connection, ref.kind, [item_id]) if item_id is not None else {}
        return _read(found[item_id]) if item_id is not None and item_id in found else None

    def records(self, ref: EntityRef, dependent: DependentKind) -> tuple[DependentRecord, ...]:
        with self._engine.connect() as connection:
            item_id = _item_id(connection, ref)
            if item_id is None:
                return ()
            if dependent is DependentKind.DISCUSSIONS:
                return _threads(connection, ref.kind, item_id)
            rows = list(ROWS[ref.kind, dependent].run(connection, item_id=item_id))
            people = users_by_key(connection, _people_keys(rows))
        return tuple(record_from(dependent, row, people) for row in rows)

    def fetched_sets(self, ref: EntityRef) -> dict[DependentKind, int]:
        statement = select(dependent_sets.c.dependent, dependent_sets.c.fetch_started_at).where(
            dependent_sets.c.project_id == ref.project_id,
            dependent_sets.c.kind == ref.kind,
            dependent_sets.c.iid == ref.iid,
            dependent_sets.c.fetch_started_at.is_not(None),
        )
        with self._engine.connect() as connection:
            return {DependentKind(row.dependent): row.fetch_started_at for row in connection.execute(statement)}

    def references_from(self, ref: EntityRef) -> tuple[ReadReference, ...]:
        with self._engine.connect() as connection:
            item_id = _item_id(connection, ref)
            return () if item_id is None else references_from(connection, ref.kind, item_id)

    def references_to(self, ref: EntityRef) -> tuple[ReadReference, ...]:
        with self._engine.connect() as connection:
            return references_to(connection, ref)


def _item_id(connection: Connection, ref: EntityRef) -> int | None:
    item = TABLES[ref.kind].item
    found: int | None = connection.execute(
        select(item.c.id).where(item.c.project_id == ref.project_id, item.c.iid == ref.iid, item.c.deleted_at.is_(None))
    ).scalar()
    return found


def _threads(connection: Connection, kind: EntityKind, item_id: int) -> tuple[Discussion, ...]:
    keys = list(THREAD_KEYS[kind].run(connection, item_id=item_id).scalars())
    threads = living_threads(connection, keys)
    found = [threads[key].discussion for key in keys if key in threads]
    return tuple(sorted(found, key=lambda thread: (thread.notes[0].created_at, thread.notes[0].gitlab_id)))


def _people_keys(rows: Iterable[Row]) -> Iterable[int | None]:
    return (getattr(row, "user_id", None) for row in rows)


def _read(item: StoredItem) -> ReadItem:
    entity = item.entity
    return ReadItem(
        ref=EntityRef(item.project_id, entity.kind, entity.iid), project_path=item.project_path, entity=entity
    )
