"""A search's filter as SQL conditions on the documents."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import Column, ColumnElement, and_, exists, func, literal_column, select
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from adapters.sql.schema import documents
from application.ports.document_search import SearchFilter
from domain.refs import SourceType

Fits: TypeAlias = Callable[[ColumnElement[str]], ColumnElement[bool]]
Looked: TypeAlias = Callable[[Column[str], Fits], ColumnElement[bool]]
Compared: TypeAlias = Callable[[Column[Any]], ColumnElement[Any]]


def conditions(chosen: SearchFilter) -> Iterator[ColumnElement[bool]]:
    """The filter as conditions on `documents` that are found in another way, some thousand at most.

    They are kept off the indexes, which would find all documents of a project or of a state first.
    """
    return _conditions(chosen, lambda column, fits: fits(column), _off_its_index)


def conditions_on_all(chosen: SearchFilter) -> Iterator[ColumnElement[bool]]:
    """The same, where the filter alone has to find the documents: by indexes."""
    return _conditions(chosen, _is_one_that, lambda column: column)


def _off_its_index(column: Column[Any]) -> ColumnElement[Any]:
    """With a plus before it, which SQLite never looks up."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def _conditions(chosen: SearchFilter, looked: Looked, compared: Compared) -> Iterator[ColumnElement[bool]]:
    yield from _of_the_types(chosen.source_types)
    if chosen.project_ids is not None:
        yield compared(documents.c.project_id).in_(chosen.project_ids)
    if chosen.author is not None:
        yield looked(documents.c.author, partial(_is_called, chosen.author.removeprefix("@")))
    if chosen.state is not None:
        yield compared(documents.c.state) == chosen.state
    for label in chosen.labels:
        yield looked(documents.c.labels_json, partial(_one_of, partial(_is_called, label)))
    if chosen.path is not None:
        yield looked(documents.c.paths_json, partial(_one_of, partial(_is_path, chosen.path)))
    if chosen.created_since is not None:
        yield compared(documents.c.created_at) >= chosen.created_since
    if chosen.created_until is not None:
        yield compared(documents.c.created_at) <= chosen.created_until
    if chosen.updated_since is not None:
        yield compared(documents.c.updated_at) >= chosen.updated_since


def _of_the_types(types: Collection[SourceType]) -> Iterator[ColumnElement[bool]]:
    if types:
        column = documents.c.source_type if SourceType.DISCUSSION in types else documents.c.item_kind
        yield column.in_(types)


def _is_one_that(column: Column[str], fits: Fits) -> ColumnElement[bool]:
    """The value is one that fits: many documents have the same, so each that there is is looked at once."""
    others = documents.alias("others").c[column.name]
    there = select(others.label("value")).where(others != _NO_NAMES).distinct().subquery("there")
    return and_(column != _NO_NAMES, column.in_(select(there.c.value).where(fits(there.c.value))))


_NO_NAMES: ColumnElement[str] = literal_column("'[]'")
"""As the indexes of the arrays have it, and so no parameter."""


def _one_of(fits: Fits, array: ColumnElement[str]) -> ColumnElement[bool]:
    """One of the names in the JSON array fits."""
    each = func.json_each(array).table_valued("value")
    return exists(select(1).select_from(each).where(fits(each.c.value)))


def _is_called(name: str, value: ColumnElement[str]) -> ColumnElement[bool]:
    return func.lower(value) == name.lower()


def _is_path(path: str, value: ColumnElement[str]) -> ColumnElement[bool]:
    """The file itself, or any below the folder."""
    return value.startswith(path, autoescape=True) if path.endswith("/") else value == path
