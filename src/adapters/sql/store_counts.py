"""How many rows of each kind belong to living items."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select, true

from adapters.sql.schema import (
    discussions,
    document_chunks,
    documents,
    issue_links,
    issues,
    merge_requests,
    mr_commits,
    mr_file_changes,
    notes,
    resource_label_events,
    resource_milestone_events,
    resource_state_events,
)
from application.ports.store_figures import Count
from domain.refs import ProjectId

Chosen = tuple[ProjectId, ...] | None
"""None: all projects."""

_OF_ITEMS = {
    "events": (resource_state_events, resource_label_events, resource_milestone_events),
    "issue_links": (issue_links,),
    "file_changes": (mr_file_changes,),
    "commits": (mr_commits,),
}


def counts_of(connection: Connection, chosen: Chosen) -> Iterator[Count]:
    for item in (issues, merge_requests):
        yield from _by_state(connection, item, chosen)
    yield Count(what="discussions", state=None, count=_number(connection, discussions, _living(discussions, chosen)))
    for what, system in (("notes", 0), ("system_notes", 1)):
        said = _number(connection, notes, _living(notes, chosen) & (notes.c.system == system))
        yield Count(what=what, state=None, count=said)
    for what, tables in _OF_ITEMS.items():
        found = sum(_number(connection, table, _of_living_items(table, chosen)) for table in tables)
        yield Count(what=what, state=None, count=found)
    yield Count(what="documents", state=None, count=_number(connection, documents, _within(documents, chosen)))
    own = document_chunks.c.document_id.in_(select(documents.c.id).where(_within(documents, chosen)))
    yield Count(what="chunks", state=None, count=_number(connection, document_chunks, own))


def _by_state(connection: Connection, item: Table, chosen: Chosen) -> Iterator[Count]:
    statement = select(item.c.state, func.count()).where(_living(item, chosen))
    found = connection.execute(statement.group_by(item.c.state).order_by(item.c.state)).all()
    yield from (Count(what=item.name, state=state, count=count) for state, count in found)
    if not found:
        yield Count(what=item.name, state=None, count=0)


def _number(connection: Connection, table: Table, condition: ColumnElement[bool]) -> int:
    found: int = connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one()
    return found


def _within(table: Table, chosen: Chosen) -> ColumnElement[bool]:
    return true() if chosen is None else table.c.project_id.in_(chosen)


def _living(table: Table, chosen: Chosen) -> ColumnElement[bool]:
    return table.c.deleted_at.is_(None) & _within(table, chosen)


def _of_living_items(table: Table, chosen: Chosen) -> ColumnElement[bool]:
    keys = {"issue_id": issues, "merge_request_id": merge_requests}
    return or_(
        *(
            table.c[key].in_(select(item.c.id).where(_living(item, chosen)))
            for key, item in keys.items()
            if key in table.c
        )
    )
