"""Documents as a search shows them, with what is told of their items."""

import json

from sqlalchemy import and_, func, select

from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.schema import documents, issues, merge_requests, projects
from application.ports.document_search import FoundDocument
from domain.document_records import DocumentPart
from domain.refs import EntityKind, SourceType

FOUND = Prepared(
    select(
        documents,
        projects.c.path.label("project_path"),
        func.coalesce(issues.c.title, merge_requests.c.title).label("item_title"),
        func.coalesce(issues.c.web_url, merge_requests.c.web_url).label("item_web_url"),
    )
    .join_from(documents, projects)
    .outerjoin(issues, and_(documents.c.item_kind == EntityKind.ISSUE, documents.c.item_id == issues.c.id))
    .outerjoin(
        merge_requests,
        and_(documents.c.item_kind == EntityKind.MERGE_REQUEST, documents.c.item_id == merge_requests.c.id),
    )
    .where(among(documents.c.id, "ids"))
)
"""Rows for `found_document`."""


def found_document(row: Row) -> FoundDocument:
    return FoundDocument(
        document_id=row.id,
        item=(row.item_kind, row.item_id),
        source_type=SourceType(row.source_type),
        project_path=row.project_path,
        kind=EntityKind(row.item_kind),
        iid=row.iid,
        title=row.item_title,
        state=row.state,
        parts=tuple(DocumentPart(text=part, note_gitlab_id=note) for note, part in json.loads(row.parts_json)),
        item_web_url=row.item_web_url,
        author=row.author,
        updated_at=row.updated_at,
    )
