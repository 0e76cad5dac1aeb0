"""How many rows there are, counted by indexes: what is gone is little, so it is taken off what there is."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Select, Table, func, literal_column, select

from adapters.sql.schema import discussions, notes
from domain.refs import ProjectId

Chosen = tuple[ProjectId, ...] | None
"""None: all projects."""

SAID, SYSTEM = (notes.c.system == literal_column(flag) for flag in "01")
"""As the indexes of notes that people said and that GitLab made have it: a bound value would keep them out."""


def number(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> int:
    found: int = connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
    return found


def within(table: Table, chosen: Chosen) -> Iterator[ColumnElement[bool]]:
    if chosen is not None:
        yield table.c.project_id.in_(chosen)


def living(connection: Connection, table: Table, chosen: Chosen) -> int:
    own = tuple(within(table, chosen))
    return number(connection, table, *own) - number(connection, table, *own, table.c.deleted_at.is_not(None))


def system_notes(connection: Connection, chosen: Chosen) -> int:
    return number(connection, notes, *within(notes, chosen), SYSTEM, notes.c.deleted_at.is_(None))


def gone_threads() -> Select[tuple[int]]:
    return select(discussions.c.id).where(discussions.c.deleted_at.is_not(None))
