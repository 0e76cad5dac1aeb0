"""Port `StoreRepair`: the store's own checks, and documents and full-text index brought into line."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, bindparam, select, text

from adapters.sql.connections import for_writing
from adapters.sql.content.documents import indexed_texts
from adapters.sql.prepared import Prepared, Row
from adapters.sql.schema import app_locks, documents
from application.ports.locks import Lease
from application.ports.store_repair import Finding
from domain.errors import LockLost

_BATCH = 500
_MOST = 20
_ORPHANS = """
FROM documents WHERE CASE source_type
    WHEN 'issue' THEN NOT EXISTS (SELECT 1 FROM issues WHERE id = source_id AND deleted_at IS NULL)
    WHEN 'merge_request' THEN NOT EXISTS (SELECT 1 FROM merge_requests WHERE id = source_id AND deleted_at IS NULL)
    ELSE NOT EXISTS (SELECT 1 FROM discussions WHERE id = source_id AND deleted_at IS NULL)
END
"""
_MISSING = """
SELECT source_type, source_id FROM (
    SELECT 'issue' AS source_type, id AS source_id FROM issues WHERE deleted_at IS NULL
    UNION ALL SELECT 'merge_request', id FROM merge_requests WHERE deleted_at IS NULL
    UNION ALL SELECT 'discussion', id FROM discussions WHERE deleted_at IS NULL AND EXISTS (
        SELECT 1 FROM notes WHERE discussion_id = discussions.id AND system = 0 AND notes.deleted_at IS NULL)
) AS source
WHERE NOT EXISTS (SELECT 1 FROM documents AS d
        WHERE d.source_type = source.source_type AND d.source_id = source.source_id)
    AND NOT EXISTS (SELECT 1 FROM dirty_sources AS d
        WHERE d.source_type = source.source_type AND d.source_id = source.source_id)
"""
_GAPS = """
SELECT 'document ' || id FROM documents WHERE id NOT IN (SELECT id FROM documents_fts_docsize)
UNION ALL SELECT 'entry ' || id FROM documents_fts_docsize WHERE id NOT IN (SELECT id FROM documents)
"""
_PAGE = Prepared(
    select(documents).where(documents.c.id > bindparam("after")).order_by(documents.c.id).limit(bindparam("most"))
)
_HELD = Prepared(
    select(app_locks.c.name).where(app_locks.c.name == bindparam("lock"), app_locks.c.owner == bindparam("me"))
)
_COLUMNS = ("title", "body", "labels", "people", "paths")
_ENTRY = text("SELECT title, body, labels, people, paths FROM documents_fts WHERE rowid = :key")
_DROP = text("DELETE FROM documents_fts WHERE rowid = :key")
_ENTER = text(
    "INSERT INTO documents_fts (rowid, title, body, labels, people, paths)"
    " VALUES (:key, :title, :body, :labels, :people, :paths)"
)
_DROP_STRAY = text("DELETE FROM documents_fts WHERE rowid NOT IN (SELECT id FROM documents)")
_REBUILD = text("INSERT INTO documents_fts(documents_fts) VALUES ('rebuild')")


class SqlStoreRepair:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    def findings(self) -> tuple[Finding, ...]:
        with self._engine.connect() as connection:
            said = [str(line) for line in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})").scalars()]
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            gaps = connection.exec_driver_sql(_GAPS).scalars().all()
            orphans = connection.exec_driver_sql(f"SELECT source_type || ' ' || source_id {_ORPHANS}").scalars().all()
            missing = connection.exec_driver_sql(_MISSING).all()
        return (
            _finding("integrity", [line for line in said if line != "ok"]),
            _finding("foreign_keys", [f"{row[0]} row {row[1]} names a row of {row[2]}" for row in lost]),
            _finding("index", gaps),
            _finding("orphans", orphans),
            _finding("documents", [f"{row.source_type} {row.source_id}" for row in missing]),
        )

    def mend_index(self, lease: Lease) -> int:
        with self._writing(lease) as connection:
            wrong = connection.exec_driver_sql(f"DELETE {_ORPHANS}").rowcount
            connection.execute(_REBUILD)
            wrong += connection.execute(_DROP_STRAY).rowcount
        last = 0
        while True:
            lease.let_others_in()
            with self._writing(lease) as connection:
                rows = list(_PAGE.run(connection, after=last, most=_BATCH))
                wrong += sum(_mend(connection, row) for row in rows)
            if len(rows) < _BATCH:
                return wrong
            last = rows[-1].id

    @contextmanager
    def _writing(self, lease: Lease) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            if _HELD.run(connection, lock=lease.name, me=lease.owner).first() is None:
                raise LockLost(
                    f"The lock {lease.name!r} has another owner now; the repair was not finished.",
                    suggestion="Run the command again.",
                    details={"lock": lease.name},
                )
            yield connection


def _finding(check: str, wrong: Sequence[str]) -> Finding:
    return Finding(check=check, count=len(wrong), example=wrong[0] if wrong else "")


def _mend(connection: Connection, row: Row) -> bool:
    """Whether the entry of the document was missing or other than it should be."""
    wanted = indexed_texts(
        title=row.title,
        body="\n\n".join(part for _note, part in json.loads(row.parts_json)),
        labels=json.loads(row.labels_json),
        people=json.loads(row.people_json),
        paths=json.loads(row.paths_json),
    )
    found = connection.execute(_ENTRY, {"key": row.id}).first()
    if found is not None and tuple(found) == tuple(wanted[name] for name in _COLUMNS):
        return False
    connection.execute(_DROP, {"key": row.id})
    connection.execute(_ENTER, {"key": row.id, **wanted})
    return True
