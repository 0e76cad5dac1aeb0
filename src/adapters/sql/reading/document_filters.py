"""A search's filter as SQL conditions on the documents."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import TypeAlias

from sqlalchemy import Column, ColumnElement, exists, func, literal_column, select

from adapters.sql.schema import documents
from application.ports.document_search import SearchFilter
from domain.refs import SourceType

Fits: TypeAlias = Callable[[ColumnElement[str]], ColumnElement[bool]]


def conditions(chosen: SearchFilter) -> Iterator[ColumnElement[bool]]:
    """The filter as conditions on `documents`."""
    yield from _of_the_types(chosen.source_types)
    if chosen.project_ids is not None:
        yield documents.c.project_id.in_(chosen.project_ids)
    if chosen.author is not None:
        yield _is_one_that(documents.c.author, partial(_is_called, chosen.author.removeprefix("@")))
    if chosen.state is not None:
        yield documents.c.state == chosen.state
    for label in chosen.labels:
        yield from _one_holds(documents.c.labels_json, partial(_is_called, label))
    if chosen.path is not None:
        yield from _one_holds(documents.c.paths_json, partial(_is_path, chosen.path))
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


def _is_one_that(column: Column[str], fits: Fits, *, but: ColumnElement[str] | None = None) -> ColumnElement[bool]:
    """The column's value is one that fits. Many documents have the same, so each that there is is looked at once, in
    the index on them."""
    other = documents.alias("others").c[column.name]
    values = select(other.label("value")).where(*(() if but is None else (other != but,))).distinct().subquery("there")
    return column.in_(select(values.c.value).where(fits(values.c.value)))


def _one_holds(column: Column[str], fits: Fits) -> Iterator[ColumnElement[bool]]:
    """One of the names in the JSON array fits."""

    def holds(array: ColumnElement[str]) -> ColumnElement[bool]:
        each = func.json_each(array).table_valued("value")
        return exists(select(1).select_from(each).where(fits(each.c.value)))

    yield column != _NO_NAMES
    yield _is_one_that(column, holds, but=_NO_NAMES)


_NO_NAMES: ColumnElement[str] = literal_column("'[]'")
"""As their indexes have it, and so no parameter."""


def _is_called(name: str, value: ColumnElement[str]) -> ColumnElement[bool]:
    return func.lower(value) == name.lower()


def _is_path(path: str, value: ColumnElement[str]) -> ColumnElement[bool]:
    """The file itself, or any below the folder."""
    return value.startswith(path, autoescape=True) if path.endswith("/") else value == path
