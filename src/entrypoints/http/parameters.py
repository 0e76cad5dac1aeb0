"""The query parameters of the routes, named as the options of the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from application.ports.item_reader import ItemOrder, SortField
from domain.dates import parse_duration
from domain.errors import UsageError
from entrypoints.choices import SortName
from entrypoints.cli.asking import moment
from entrypoints.container import Container
from entrypoints.http.answers import Asked

MOST_IN_ONE_PAGE = 500


_SORTS = {
    SortName.UPDATED: SortField.UPDATED,
    SortName.CREATED: SortField.CREATED,
    SortName.IID: SortField.IID,
    SortName.TITLE: SortField.TITLE,
}

Project = Annotated[str | None, Query(description="A project, or what is unmistakable of its path.")]
Limit = Annotated[int, Query(ge=1, le=MOST_IN_ONE_PAGE, description="At most this many.")]
Cursor = Annotated[str | None, Query(description="`meta.next_cursor` of the page before.")]
Iid = Annotated[int, Path(ge=1)]
OptionalIid = Annotated[int | None, Query(ge=1)]
Labels = Annotated[list[str], Query(alias="label", description="Several: has all.", default_factory=list)]
When = Annotated[str | None, Query(description="7d, 2w, 1m, 1y, a date or an ISO time.")]
Name = Annotated[str | None, Query()]


def _container(request: Request) -> Container:
    container: Container = request.state.container
    return container


def _asked(
    fields: Annotated[str | None, Query(description="a,b,c or minimal.")] = None,
    max_tokens: Annotated[int | None, Query(ge=1, description="Bound the answer, telling what was dropped.")] = None,
) -> Asked:
    return Asked(fields, max_tokens)


def _require_fresh(
    require_fresh: Annotated[str | None, Query(description="Refuse older data, such as 15m.")] = None,
) -> int | None:
    with _telling_of("require_fresh"):
        return None if require_fresh is None else parse_duration(require_fresh)


def _order(sort: SortName = SortName.UPDATED, asc: Annotated[bool, Query()] = False) -> ItemOrder:
    return ItemOrder(field=_SORTS[sort], ascending=asc)


Box = Annotated[Container, Depends(_container)]
AskedSo = Annotated[Asked, Depends(_asked)]
RequireFreshMs = Annotated[int | None, Depends(_require_fresh)]
Order = Annotated[ItemOrder, Depends(_order)]


def named(project: str | None) -> tuple[str, ...]:
    """The projects of a question: the one that was named, or none."""
    return (project,) if project else ()


def begin_of(name: str, text: str | None, *, now: int) -> int | None:
    """The moment of a parameter: for a bare date, its beginning."""
    with _telling_of(name):
        return moment(text, now=now)


def end_of(name: str, text: str | None, *, now: int) -> int | None:
    """The moment of a parameter: for a bare date, its end."""
    with _telling_of(name):
        return moment(text, now=now, end_of_day=True)


@contextmanager
def _telling_of(parameter: str) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        error.details["parameter"] = parameter
        raise
