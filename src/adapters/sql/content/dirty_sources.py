"""Sources whose documents are to be made anew (C2)."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from adapters.sql.content.known import Known
from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import dirty_sources
from domain.refs import SourceKey, SourceType

_UPSERT = insert(dirty_sources)
_MARK = Prepared(
    _UPSERT.on_conflict_do_update(
        index_elements=["source_type", "source_id"],
        set_={"queued_at": func.max(dirty_sources.c.queued_at, _UPSERT.excluded.queued_at)},
    ),
    columns=("source_type", "source_id", "queued_at"),
)
_QUEUED_AT = Prepared(
    select(dirty_sources.c.source_id, dirty_sources.c.queued_at).where(
        dirty_sources.c.source_type == bindparam("source_type"), among(dirty_sources.c.source_id, "source_ids")
    )
)
_OLDEST = Prepared(
    select(dirty_sources)
    .order_by(dirty_sources.c.queued_at, dirty_sources.c.source_type, dirty_sources.c.source_id)
    .limit(bindparam("limit"))
)
_CLEAR = Prepared(
    delete(dirty_sources).where(
        dirty_sources.c.source_type == bindparam("source_type"),
        dirty_sources.c.source_id == bindparam("source_id"),
        dirty_sources.c.queued_at == bindparam("queued_at"),
    )
)
_COUNT = Prepared(select(func.count()).select_from(dirty_sources))


class SqlDirtySources:
    """Port `DirtySources`."""

    def __init__(self, known: Known) -> None:
        self._connection = known.connection

    def mark(self, keys: Iterable[SourceKey], *, queued_at: int) -> None:
        rows = ({"source_type": key.source_type, "source_id": key.source_id, "queued_at": queued_at} for key in keys)
        _MARK.each(self._connection, rows)

    def queued_at(self, keys: Collection[SourceKey]) -> dict[SourceKey, int]:
        return {
            SourceKey(source_type, row.source_id): row.queued_at
            for source_type, ids in ids_by_type(keys).items()
            for row in _QUEUED_AT.run(self._connection, source_type=source_type, source_ids=json.dumps(ids))
        }

    def oldest(self, limit: int) -> dict[SourceKey, int]:
        rows = _OLDEST.run(self._connection, limit=limit)
        return {SourceKey(SourceType(row.source_type), row.source_id): row.queued_at for row in rows}

    def clear(self, key: SourceKey, *, queued_at: int) -> bool:
        cleared = _CLEAR.run(
            self._connection, source_type=key.source_type, source_id=key.source_id, queued_at=queued_at
        )
        return cleared.rowcount == 1

    def count(self) -> int:
        return int(_COUNT.run(self._connection).scalar())


def ids_by_type(keys: Iterable[SourceKey]) -> dict[SourceType, list[int]]:
    """Local keys of the sources, by their table."""
    found: defaultdict[SourceType, list[int]] = defaultdict(list)
    for key in keys:
        found[key.source_type].append(key.source_id)
    return dict(found)
