"""Port `DocumentSearch`: FTS5 with field weights, filters inside the query."""

import json
from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Engine, and_, bindparam, exists, func, literal_column, or_, select, text

from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import documents, documents_fts, issues, merge_requests, projects
from application.ports.document_search import FoundDocument, SearchFilter, TextHit
from domain.document_records import DocumentPart
from domain.refs import EntityKind, SourceType

# title, body, labels, people, paths: a word in the title counts four times (spec/search.md)
_RANK: ColumnElement[float] = literal_column("bm25(documents_fts, 4.0, 1.0, 1.0, 0.5, 1.0)")
_MATCHES: ColumnElement[bool] = text("documents_fts MATCH :expression")  # type: ignore[assignment]  # a bare condition
_FREQUENCY = text(
    "SELECT count(*) FROM (SELECT 1 FROM documents_fts WHERE documents_fts MATCH :expression LIMIT :at_most)"
)
_FOUND = Prepared(
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


class SqlDocumentSearch:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def frequency(self, expression: str, *, at_most: int) -> int:
        with self._engine.connect() as connection:
            found: int = connection.execute(_FREQUENCY, {"expression": expression, "at_most": at_most}).scalars().one()
        return found

    def by_text(self, expression: str, chosen: SearchFilter, *, limit: int) -> tuple[TextHit, ...]:
        statement = (
            select(documents_fts.c.rowid, _RANK.label("rank"))
            .select_from(documents_fts)
            .where(_MATCHES)
            .order_by(literal_column("rank"), documents_fts.c.rowid)
            .limit(bindparam("limit"))
        )
        narrowing = list(conditions(chosen))
        if narrowing:
            statement = statement.join(documents, documents.c.id == documents_fts.c.rowid).where(*narrowing)
        with self._engine.connect() as connection:
            rows = connection.execute(statement, {"expression": expression, "limit": limit}).all()
        return tuple(TextHit(document_id=row.rowid, score=-row.rank) for row in rows)

    def documents(self, ids: Collection[int]) -> dict[int, FoundDocument]:
        with self._engine.connect() as connection:
            return {
                row.id: FoundDocument(
                    document_id=row.id,
                    source_type=SourceType(row.source_type),
                    project_path=row.project_path,
                    kind=EntityKind(row.item_kind),
                    iid=row.iid,
                    title=row.item_title,
                    state=row.state,
                    parts=tuple(
                        DocumentPart(text=part, note_gitlab_id=note) for note, part in json.loads(row.parts_json)
                    ),
                    item_web_url=row.item_web_url,
                    author=row.author,
                    updated_at=row.updated_at,
                )
                for row in _FOUND.run(connection, ids=json.dumps(list(ids)))
            }


def conditions(chosen: SearchFilter) -> Iterator[ColumnElement[bool]]:
    """The filter as conditions on `documents`."""
    if chosen.source_types:
        yield documents.c.source_type.in_(chosen.source_types)
    if chosen.project_ids is not None:
        yield documents.c.project_id.in_(chosen.project_ids)
    if chosen.author is not None:
        yield func.lower(documents.c.author) == chosen.author.removeprefix("@").lower()
    if chosen.state is not None:
        yield documents.c.state == chosen.state
    for label in chosen.labels:
        yield _holds(documents.c.labels_json, label)
    if chosen.path is not None:
        yield _holds_path(chosen.path)
    if chosen.created_since is not None:
        yield documents.c.created_at >= chosen.created_since
    if chosen.created_until is not None:
        yield documents.c.created_at <= chosen.created_until
    if chosen.updated_since is not None:
        yield documents.c.updated_at >= chosen.updated_since


def _holds(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    each = func.json_each(column).table_valued("value")
    return exists(select(1).select_from(each).where(func.lower(each.c.value) == name.lower()))


def _holds_path(path: str) -> ColumnElement[bool]:
    each = func.json_each(documents.c.paths_json).table_valued("value")
    below = each.c.value.startswith(path, autoescape=True) if path.endswith("/") else each.c.value == path
    return exists(select(1).select_from(each).where(or_(below)))
