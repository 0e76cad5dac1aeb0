"""The addresses of a project's items, after it was renamed or moved."""

from collections.abc import Iterator

from sqlalchemy import Connection, String, bindparam, func, select, update

from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared
from adapters.sql.schema import discussions
from domain.refs import EntityKind, ProjectId, SourceKey, SourceType

_FORMER = bindparam("former", type_=String)


def _moving(kind: EntityKind) -> Prepared:
    item = TABLES[kind].item
    is_below = func.substr(item.c.web_url, 1, func.length(_FORMER)) == _FORMER
    return Prepared(
        update(item)
        .where(item.c.project_id == bindparam("project_id"), is_below)
        .values(
            web_url=bindparam("present", type_=String).concat(func.substr(item.c.web_url, func.length(_FORMER) + 1))
        )
        .returning(item.c.id)
    )


_MOVE = {kind: _moving(kind) for kind in EntityKind}
_THREADS = Prepared(
    select(discussions.c.id).where(
        discussions.c.project_id == bindparam("project_id"), discussions.c.deleted_at.is_(None)
    )
)


def move_items(connection: Connection, project_id: ProjectId, former: str, present: str) -> Iterator[SourceKey]:
    """Every item below the project's former address, and all its threads."""
    addresses = {"former": f"{former}/", "present": f"{present}/"}
    for kind, statement in _MOVE.items():
        for key in statement.run(connection, project_id=project_id, **addresses).scalars():
            yield SourceKey(TABLES[kind].source_type, key)
    for key in _THREADS.run(connection, project_id=project_id).scalars():
        yield SourceKey(SourceType.DISCUSSION, key)
