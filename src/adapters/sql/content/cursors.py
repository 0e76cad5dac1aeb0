"""How far each list has been read."""

import json
from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from adapters.sql.content.known import Known
from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import projects, sync_cursors
from domain.refs import EntityKind, ProjectId

_GET = Prepared(
    select(sync_cursors.c.cursor).where(
        sync_cursors.c.project_id == bindparam("project_id"), sync_cursors.c.kind == bindparam("kind")
    )
)
_UPSERT = insert(sync_cursors)
_MOVE = Prepared(
    _UPSERT.on_conflict_do_update(index_elements=["project_id", "kind"], set_={"cursor": _UPSERT.excluded.cursor}),
    columns=("project_id", "kind", "cursor"),
)
_RESET = Prepared(delete(sync_cursors).where(among(sync_cursors.c.project_id, "project_ids")))
_FINISH = Prepared(
    update(projects)
    .where(projects.c.id == bindparam("project_id"))
    .values(
        last_synced_at=bindparam("at"), last_reconciled_at=func.coalesce(projects.c.last_reconciled_at, bindparam("at"))
    )
)
_RECONCILED_AT = Prepared(select(projects.c.last_reconciled_at).where(projects.c.id == bindparam("project_id")))
_RECONCILE = Prepared(
    update(projects).where(projects.c.id == bindparam("project_id")).values(last_reconciled_at=bindparam("at"))
)


class SqlCursors:
    """Port `Cursors`."""

    def __init__(self, known: Known) -> None:
        self._connection = known.connection

    def get(self, project_id: ProjectId, kind: EntityKind) -> int | None:
        found = _GET.run(self._connection, project_id=project_id, kind=kind).scalar()
        return None if found is None else int(found)

    def move(self, project_id: ProjectId, kind: EntityKind, cursor: int) -> None:
        _MOVE.run(self._connection, project_id=project_id, kind=kind, cursor=cursor)

    def reset(self, project_ids: Collection[ProjectId]) -> None:
        _RESET.run(self._connection, project_ids=json.dumps(list(project_ids)))

    def finish(self, project_id: ProjectId, *, at: int) -> None:
        _FINISH.run(self._connection, project_id=project_id, at=at)

    def reconciled_at(self, project_id: ProjectId) -> int | None:
        found = _RECONCILED_AT.run(self._connection, project_id=project_id).scalar()
        return None if found is None else int(found)

    def reconcile(self, project_id: ProjectId, *, at: int) -> None:
        _RECONCILE.run(self._connection, project_id=project_id, at=at)
