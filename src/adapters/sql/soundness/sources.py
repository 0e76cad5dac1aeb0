"""Documents and the issues, merge requests and threads that they are made from."""

from sqlalchemy import Connection

_ORPHANS = """
FROM documents WHERE CASE source_type
    WHEN 'issue' THEN NOT EXISTS (SELECT 1 FROM issues WHERE id = source_id AND deleted_at IS NULL)
    WHEN 'merge_request' THEN NOT EXISTS (SELECT 1 FROM merge_requests WHERE id = source_id AND deleted_at IS NULL)
    ELSE NOT EXISTS (SELECT 1 FROM discussions WHERE id = source_id AND deleted_at IS NULL)
END
"""
_MISSING = """
SELECT source_type || ' ' || source_id FROM (
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
_MISPLACED = """
SELECT d.id FROM documents AS d
LEFT JOIN discussions AS t ON d.source_type = 'discussion' AND t.id = d.source_id
LEFT JOIN issues AS i ON i.id = CASE d.source_type WHEN 'issue' THEN d.source_id ELSE t.issue_id END
LEFT JOIN merge_requests AS m
    ON m.id = CASE d.source_type WHEN 'merge_request' THEN d.source_id ELSE t.merge_request_id END
WHERE (d.item_kind, d.item_id, d.iid, d.project_id) IS NOT (
    CASE WHEN i.id IS NULL THEN 'merge_request' ELSE 'issue' END,
    coalesce(i.id, m.id), coalesce(i.iid, m.iid), coalesce(i.project_id, m.project_id))
"""


def orphans(connection: Connection) -> list[str]:
    """Documents without a living source."""
    return list(connection.exec_driver_sql(f"SELECT source_type || ' ' || source_id {_ORPHANS}").scalars())


def drop_orphans(connection: Connection) -> int:
    return connection.exec_driver_sql(f"DELETE {_ORPHANS}").rowcount


def sources_without_document(connection: Connection) -> list[str]:
    """Living sources that have no document and are not due for one."""
    return list(connection.exec_driver_sql(_MISSING).scalars())


def misplaced(connection: Connection) -> list[int]:
    """Documents that name another item or project than their source does."""
    return list(connection.exec_driver_sql(_MISPLACED).scalars())
