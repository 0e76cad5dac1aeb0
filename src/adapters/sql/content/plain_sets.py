"""Dependent sets that are replaced as a whole: events, links, closes, diffs, commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, delete, select

from adapters.sql.content.known import Known
from adapters.sql.content.people import People
from adapters.sql.content.references import CLOSES_ISSUES, ISSUE_LINK, STATE_EVENT, References
from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, inserting
from adapters.sql.record_rows import TABLE_OF, values_of
from domain.entities import DependentRecord, LabelEvent, MilestoneEvent, StateEvent, User
from domain.refs import DependentKind, EntityRef, SourceKey, SourceType, dependents_of

_ELSEWHERE = {"id", "project_id", *(tables.key for tables in TABLES.values())}
_ORIGINS = {
    DependentKind.STATE_EVENTS: STATE_EVENT,
    DependentKind.ISSUE_LINKS: ISSUE_LINK,
    DependentKind.CLOSES_ISSUES: CLOSES_ISSUES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statements:
    columns: tuple[str, ...]
    """What GitLab says, without where it belongs."""
    read: Prepared
    drop: Prepared
    insert: Prepared


def _statements(table: Table, key: str) -> _Statements:
    columns = tuple(column.name for column in table.columns if column.name not in _ELSEWHERE)
    of_item = table.c[key] == bindparam("item_id")
    return _Statements(
        columns=columns,
        read=Prepared(select(*(table.c[name] for name in columns)).where(of_item).order_by(table.c.id)),
        drop=Prepared(delete(table).where(of_item)),
        insert=inserting(table),
    )


_STATEMENTS = {
    (kind, dependent): _statements(TABLE_OF[dependent], tables.key)
    for kind, tables in TABLES.items()
    for dependent in dependents_of(kind)
    if dependent in TABLE_OF
}
_NO_ITEM: dict[str, object] = dict.fromkeys(tables.key for tables in TABLES.values())


class PlainSets:
    def __init__(self, known: Known, people: People, references: References) -> None:
        self._known = known
        self._people = people
        self._references = references

    def put(
        self, ref: EntityRef, dependent: DependentKind, records: Sequence[DependentRecord]
    ) -> tuple[SourceKey, ...]:
        """Write the records, unless they are stored already; returns the item's key if its document has other paths."""
        connection, item_id = self._known.connection, self._known.item_id(ref)
        statements = _STATEMENTS[ref.kind, dependent]
        records = tuple(dict.fromkeys(records))
        people = self._people.ids(ref.project_id, _people_of(records))
        rows = [values_of(record, people) for record in records]
        old = [tuple(row) for row in statements.read.run(connection, item_id=item_id)]
        if old == [tuple(row[name] for name in statements.columns) for row in rows]:
            return ()
        if old:
            statements.drop.run(connection, item_id=item_id)
        item = _NO_ITEM | {TABLES[ref.kind].key: item_id, "project_id": ref.project_id}
        statements.insert.each(connection, (item | row for row in rows))
        if dependent in _ORIGINS:
            self._references.put_of_records(ref, records, _ORIGINS[dependent])
        if dependent is not DependentKind.DIFFS or _paths(old, statements.columns) == _row_paths(rows):
            return ()
        return (SourceKey(SourceType.MERGE_REQUEST, item_id),)


def _people_of(records: Iterable[DependentRecord]) -> Iterable[User | None]:
    return (record.user for record in records if isinstance(record, StateEvent | LabelEvent | MilestoneEvent))


def _paths(old: Iterable[tuple[Any, ...]], columns: Sequence[str]) -> set[object]:
    return _row_paths(dict(zip(columns, values, strict=True)) for values in old)


def _row_paths(rows: Iterable[Mapping[str, object]]) -> set[object]:
    return {path for row in rows for path in (row["old_path"], row["new_path"])}
