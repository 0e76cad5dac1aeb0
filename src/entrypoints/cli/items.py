"""Asking for issues and merge requests, and answering."""

from dataclasses import dataclass
from typing import Any

import typer

from application.ports.item_reader import ItemFilter, ItemOrder, SortField
from application.reading.list_items import ItemQuestion
from domain.errors import UsageError
from domain.refs import EntityKind
from entrypoints.cli.asking import duration, moment, one_project
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.item_lists import show_items
from entrypoints.cli.output import answer_item, answer_list
from entrypoints.cli.screen import usable_link

_SORTS = {
    "updated": SortField.UPDATED,
    "created": SortField.CREATED,
    "iid": SortField.IID,
    "title": SortField.TITLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What was typed about the list as a whole."""

    kind: EntityKind
    project: str | None
    since: str | None
    until: str | None
    sort: str
    ascending: bool
    limit: int
    cursor: str | None
    require_fresh: str | None
    browser: bool


def list_items(ctx: typer.Context, listing: Listing, **conditions: Any) -> None:
    """`conditions` are fields of `ItemFilter`."""
    if listing.browser:
        raise UsageError("--open opens one item, and none is named.", suggestion="Give its number.")
    with opened(ctx) as box:
        now = box.clock().now_ms()
        chosen = ItemFilter(
            kind=listing.kind,
            updated_since=moment(listing.since, now=now),
            updated_until=moment(listing.until, now=now, end_of_day=True),
            **conditions,
        )
        found = box.list_items()(
            ItemQuestion(
                filter=chosen,
                projects=(listing.project,) if listing.project else (),
                order=ItemOrder(field=_SORTS[listing.sort], ascending=listing.ascending),
                limit=listing.limit,
                cursor=listing.cursor,
                require_fresh_ms=duration(listing.require_fresh),
            )
        )
    answer_list(
        ctx,
        found.items,
        lambda screen: show_items(screen, found, listing.kind),
        total=found.total,
        next_cursor=found.next_cursor,
        meta={"freshness": found.freshness},
    )


def show_item(
    ctx: typer.Context, kind: EntityKind, iid: int, *, project: str | None, require_fresh: str | None, browser: bool
) -> None:
    from application.reading.show_item import ItemToShow
    from entrypoints.cli.item_view import show_whole_item
    from entrypoints.whole_items import whole_item

    run = invocation(ctx)
    with opened(ctx) as box:
        named = one_project(run, box, project)
        found = box.show_item()(ItemToShow(kind=kind, iid=iid, project=named, require_fresh_ms=duration(require_fresh)))
    if browser and (address := usable_link(found.shown.item.web_url)):
        typer.launch(address)
    answer_item(
        ctx, whole_item(found.shown), lambda screen: show_whole_item(screen, found), meta={"freshness": found.freshness}
    )
