"""Port `StoreFigures`."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Engine, Table, func, select, text

from adapters.sql.prepared import Prepared, Row
from adapters.sql.schema import (
    BEHIND,
    dependent_sets,
    dirty_sources,
    instances,
    issues,
    merge_requests,
    notes,
    pending_dependent_fetches,
    projects,
    sync_cursors,
    sync_quarantine,
)
from adapters.sql.store_counts import counts_of
from application.ports.store_figures import Count, ProjectFigures, StoreSize
from domain.refs import EntityKind, ProjectId


def _own(table: Table, *conditions: Any) -> Any:
    """How many rows of a project a table has."""
    return select(func.count()).select_from(table).where(table.c.project_id == projects.c.id, *conditions)


_UNSETTLED = (
    select(func.count(func.distinct(dependent_sets.c.kind.op("||")(dependent_sets.c.iid))))
    .where(dependent_sets.c.project_id == projects.c.id, BEHIND)
    .scalar_subquery()
)
_PROJECTS = Prepared(
    select(
        projects,
        instances.c.name.label("instance"),
        _own(issues, issues.c.deleted_at.is_(None)).scalar_subquery().label("issues"),
        _own(merge_requests, merge_requests.c.deleted_at.is_(None)).scalar_subquery().label("merge_requests"),
        _own(notes, notes.c.deleted_at.is_(None), notes.c.system == 0).scalar_subquery().label("notes"),
        _own(pending_dependent_fetches).scalar_subquery().label("pending"),
        _own(pending_dependent_fetches, pending_dependent_fetches.c.attempts > 0).scalar_subquery().label("failing"),
        _own(sync_quarantine).scalar_subquery().label("quarantined"),
        _UNSETTLED.label("unsettled"),
    )
    .join_from(projects, instances)
    .order_by(projects.c.path, instances.c.name)
)
_CURSORS = Prepared(select(sync_cursors))
_DIRTY = Prepared(select(func.count()).select_from(dirty_sources))


class SqlStoreFigures:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def projects(self) -> tuple[ProjectFigures, ...]:
        with self._engine.connect() as connection:
            cursors: dict[int, list[tuple[EntityKind, int]]] = {}
            for row in _CURSORS.run(connection):
                cursors.setdefault(row.project_id, []).append((EntityKind(row.kind), row.cursor))
            return tuple(_figures(row, cursors.get(row.id, ())) for row in _PROJECTS.run(connection))

    def dirty_sources(self) -> int:
        with self._engine.connect() as connection:
            return int(_DIRTY.run(connection).scalar())

    def counts(self, project_ids: Collection[ProjectId] | None) -> tuple[Count, ...]:
        with self._engine.connect() as connection:
            return tuple(counts_of(connection, None if project_ids is None else tuple(project_ids)))

    def size(self) -> StoreSize:
        with self._engine.connect() as connection:
            page, pages, free = (
                int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
                for name in ("page_size", "page_count", "freelist_count")
            )
        return StoreSize(bytes=page * pages, pages_free=free)


def _figures(row: Row, cursors: Collection[tuple[EntityKind, int]]) -> ProjectFigures:
    return ProjectFigures(
        project_id=ProjectId(row.id),
        instance=row.instance,
        path=row.path,
        web_url=row.web_url,
        in_standard_sync=bool(row.in_standard_sync),
        synced_at=row.last_synced_at,
        issues=row.issues,
        merge_requests=row.merge_requests,
        notes=row.notes,
        cursors=tuple(sorted(cursors)),
        pending=row.pending,
        failing=row.failing,
        unsettled=row.unsettled,
        quarantined=row.quarantined,
    )
