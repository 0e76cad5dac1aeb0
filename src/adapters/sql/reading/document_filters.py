"""A search's filter as SQL conditions on the documents."""

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, exists, func, or_, select

from adapters.sql.schema import documents
from application.ports.document_search import SearchFilter
from domain.refs import SourceType


def conditions(chosen: SearchFilter) -> Iterator[ColumnElement[bool]]:
    """The filter as conditions on `documents`."""
    yield from _of_the_types(chosen.source_types)
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


def _of_the_types(types: Collection[SourceType]) -> Iterator[ColumnElement[bool]]:
    if types:
        column = documents.c.source_type if SourceType.DISCUSSION in types else documents.c.item_kind
        yield column.in_(types)


def _holds(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    each = func.json_each(column).table_valued("value")
    return exists(select(1).select_from(each).where(func.lower(each.c.value) == name.lower()))


def _holds_path(path: str) -> ColumnElement[bool]:
    each = func.json_each(documents.c.paths_json).table_valued("value")
    below = each.c.value.startswith(path, autoescape=True) if path.endswith("/") else each.c.value == path
    return exists(select(1).select_from(each).where(or_(below)))
