"""The living rows that documents are made from."""

from sqlalchemy import Engine, Table, bindparam, select

from adapters.sql.prepared import Prepared
from adapters.sql.schema import discussions, issues, merge_requests
from domain.refs import SourceKey, SourceType


def _page_of(table: Table) -> Prepared:
    living = (table.c.id > bindparam("after"), table.c.deleted_at.is_(None))
    return Prepared(select(table.c.id).where(*living).order_by(table.c.id).limit(bindparam("most")))


_PAGES = {
    SourceType.ISSUE: _page_of(issues),
    SourceType.MERGE_REQUEST: _page_of(merge_requests),
    SourceType.DISCUSSION: _page_of(discussions),
}


class SqlDocumentSources:
    """Port `DocumentSources`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, source_type: SourceType, *, after_id: int, limit: int) -> tuple[SourceKey, ...]:
        with self._engine.connect() as connection:
            ids = _PAGES[source_type].run(connection, after=after_id, most=limit).scalars()
            return tuple(SourceKey(source_type, number) for number in ids)
