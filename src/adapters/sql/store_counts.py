"""How many rows of each kind belong to living items."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, Connection, Table, func, select

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
    found = _states(connection, item, chosen)
    gone = select(item.c.state).where(*within(item, chosen), item.c.deleted_at.is_not(None))
    found.subtract(connection.execute(gone).scalars())
    for state, count in sorted(found.items()):
        if count:
            yield Count(what=item.name, state=state, count=count)
    if not any(found.values()):
        yield Count(what=item.name, state=None, count=0)


def _states(connection: Connection, item: Table, chosen: Chosen) -> Counter[str]:
    """Grouped as the index has them, which spares sorting, and added up here."""
    groups = (item.c.project_id, item.c.state)
    found = Counter[str]()
    for state, count in connection.execute(
        select(item.c.state, func.count()).where(*within(item, chosen)).group_by(*groups)
    ):
        found[state] += count
    return found


def _of_living_items(connection: Connection, table: Table, chosen: Chosen) -> int:
    items = [(key, item) for key, item in _ITEMS.items() if key in table.c]
    if chosen is None or "project_id" in table.c:
        everything = number(connection, table, *within(table, chosen))
    else:
        everything = sum(_joined(connection, table.c[key], item, chosen) for key, item in items)
    gone = sum(_joined(connection, table.c[key], item, chosen, item.c.deleted_at.is_not(None)) for key, item in items)
    return everything - gone


def _joined(
    connection: Connection, key: Column[int], other: Table, chosen: Chosen, *conditions: ColumnElement[bool]
) -> int:
    """How many rows belong to such rows of the other table."""
    counting = select(func.count(key)).join_from(other, key.table, key == other.c.id)
    return int(connection.execute(counting.where(*within(other, chosen), *conditions)).scalar_one())


def _chunks(connection: Connection, chosen: Chosen) -> int:
    if chosen is None:
        return number(connection, document_chunks)
    return _joined(connection, document_chunks.c.document_id, documents, chosen)
