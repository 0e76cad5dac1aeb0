"""How many rows of each kind belong to living items."""

from collections.abc import Callable, Iterator

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select

from adapters.sql.row_counts import Chosen, living, number, system_notes, within
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

_OF_ITEMS = {
    "events": (resource_state_events, resource_label_events, resource_milestone_events),
    "issue_links": (issue_links,),
    "file_changes": (mr_file_changes,),
    "commits": (mr_commits,),
}
_ITEMS = {"issue_id": issues, "merge_request_id": merge_requests}


def counts_of(connection: Connection, chosen: Chosen) -> Iterator[Count]:
    for item in (issues, merge_requests):
        yield from _by_state(connection, item, chosen)
    yield Count(what="discussions", state=None, count=living(connection, discussions, chosen))
    system = system_notes(connection, chosen)
    yield Count(what="notes", state=None, count=living(connection, notes, chosen) - system)
    yield Count(what="system_notes", state=None, count=system)
    for what, tables in _OF_ITEMS.items():
        yield Count(what=what, state=None, count=sum(_of_living_items(connection, table, chosen) for table in tables))
    yield Count(what="documents", state=None, count=number(connection, documents, *within(documents, chosen)))
    yield Count(what="chunks", state=None, count=_chunks(connection, chosen))


def _by_state(connection: Connection, item: Table, chosen: Chosen) -> Iterator[Count]:
    own = tuple(within(item, chosen))
    there, gone = _states(connection, item, *own), _states(connection, item, *own, item.c.deleted_at.is_not(None))
    found = {state: count - gone.get(state, 0) for state, count in there.items() if count > gone.get(state, 0)}
    yield from (Count(what=item.name, state=state, count=count) for state, count in sorted(found.items()))
    if not found:
        yield Count(what=item.name, state=None, count=0)


def _states(connection: Connection, item: Table, *conditions: ColumnElement[bool]) -> dict[str, int]:
    statement = select(item.c.state, func.count()).where(*conditions).group_by(item.c.state)
    return dict(connection.execute(statement).all())


def _of_living_items(connection: Connection, table: Table, chosen: Chosen) -> int:
    if chosen is None or "project_id" in table.c:
        own = tuple(within(table, chosen))
        dead = _of(table, lambda item: item.c.deleted_at.is_not(None))
        return number(connection, table, *own) - number(connection, table, *own, dead)
    return number(
        connection, table, _of(table, lambda item: item.c.deleted_at.is_(None) & item.c.project_id.in_(chosen))
    )


def _of(table: Table, which: Callable[[Table], ColumnElement[bool]]) -> ColumnElement[bool]:
    """That the row belongs to such an item."""
    return or_(
        *(table.c[key].in_(select(item.c.id).where(which(item))) for key, item in _ITEMS.items() if key in table.c)
    )


def _chunks(connection: Connection, chosen: Chosen) -> int:
    if chosen is None:
        return number(connection, document_chunks)
    own = select(documents.c.id).where(*within(documents, chosen))
    return number(connection, document_chunks, document_chunks.c.document_id.in_(own))
