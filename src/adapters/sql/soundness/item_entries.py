"""Whether the full-text entries of items say what those of their documents say."""

from sqlalchemy import Connection, or_, select

from adapters.sql.content.item_index import WANTED, index_items
from adapters.sql.prepared import Prepared
from adapters.sql.schema import documents, items_fts

_wanted = WANTED.subquery("wanted")
_TEXTS = [column.name for column in WANTED.selected_columns if column.name != "rowid"]
_WRONG = Prepared(
    select(documents.c.id, documents.c.item_kind, documents.c.item_id)
    .select_from(
        _wanted.join(documents, documents.c.id == _wanted.c.rowid).outerjoin(
            items_fts, items_fts.c.rowid == _wanted.c.rowid
        )
    )
    .where(or_(*(items_fts.c[name].is_distinct_from(_wanted.c[name]) for name in _TEXTS)))
)
_STRAY = "SELECT id FROM items_fts_docsize WHERE id NOT IN (SELECT id FROM documents WHERE source_type = item_kind)"
_DROP_STRAY = "DELETE FROM items_fts WHERE rowid NOT IN (SELECT id FROM documents WHERE source_type = item_kind)"


def wrong_item_entries(connection: Connection) -> list[int]:
    """Missing, other than they should be, or of no item: their keys."""
    strays = list(connection.exec_driver_sql(_STRAY).scalars())
    return [*strays, *(row.id for row in _WRONG.run(connection))]


def mend_item_entries(connection: Connection) -> int:
    strays = connection.exec_driver_sql(_DROP_STRAY).rowcount
    wrong = {(row.item_kind, row.item_id) for row in _WRONG.run(connection)}
    index_items(connection, wrong)
    return strays + len(wrong)
