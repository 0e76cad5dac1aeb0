"""The full-text entries of whole items, made from those of their documents."""

import json
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, insert, select

from adapters.sql.prepared import Prepared
from adapters.sql.schema import documents, documents_fts, items_fts
from domain.ranking import ItemId

_own, _entry = documents.alias("own"), documents_fts.alias("entry")
_thread, _thread_entry = documents.alias("thread"), documents_fts.alias("thread_entry")
_said = (
    select(_thread_entry.c.body)
    .select_from(_thread.join(_thread_entry, _thread_entry.c.rowid == _thread.c.id))
    .where(
        _thread.c.item_kind == _own.c.item_kind,
        _thread.c.item_id == _own.c.item_id,
        _thread.c.source_type != _thread.c.item_kind,
    )
    .order_by(_thread.c.id)
    .correlate(_own)
    .subquery("said")
)
_COMMENTS = func.coalesce(select(func.group_concat(_said.c.body, func.char(10))).scalar_subquery(), "")

WANTED: Select[tuple[object, ...]] = (
    select(
        _own.c.id.label("rowid"),
        _entry.c.title,
        _entry.c.body,
        _COMMENTS.label("comments"),
        _entry.c.labels,
        _entry.c.people,
        _entry.c.paths,
    )
    .select_from(_own.join(_entry, _entry.c.rowid == _own.c.id))
    .where(_own.c.source_type == _own.c.item_kind)
)
"""What the index should hold: one entry for each item that has a document, under that document's key."""

_named = func.json_each(bindparam("items")).table_valued("value", name="named")


def _is_named(kind: ColumnElement[str], number: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(kind == func.json_extract(_named.c.value, "$[0]"), number == func.json_extract(_named.c.value, "$[1]"))


_KEYS = Prepared(
    select(documents.c.id)
    .select_from(_named.join(documents, _is_named(documents.c.item_kind, documents.c.item_id)))
    .where(documents.c.source_type == documents.c.item_kind)
)
_LEAVE = Prepared(delete(items_fts).where(items_fts.c.rowid == bindparam("key")))
_ENTER = Prepared(
    insert(items_fts).from_select(
        [one.name for one in WANTED.selected_columns], WANTED.where(_own.c.id == bindparam("key"))
    )
)


def index_items(connection: Connection, items: Collection[ItemId]) -> None:
    """Bring the entries of these items into line with the documents there are."""
    keys = [{"key": key} for key in _KEYS.run(connection, items=json.dumps(sorted(items))).scalars()]
    _LEAVE.each(connection, keys)
    _ENTER.each(connection, keys)
