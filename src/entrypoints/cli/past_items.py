"""`lore issues IID --as-of DATE` and `lore mrs IID --as-of DATE`: an item as it was."""

import typer

from application.provenance.item_as_of import ItemAsOfMoment, PastItemAnswer
from domain.errors import UsageError
from domain.refs import EntityKind
from entrypoints.cli.asking import moment
from entrypoints.cli.asking_provenance import asked, opened_provenance
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.output import answer_item
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import facts, state


def show_past_item(
    ctx: typer.Context, kind: EntityKind, iid: int | None, *, as_of: str, project: str | None, require_fresh: str | None
) -> None:
    """A bare date stands for the end of that day. Raises `UsageError` where no item is named."""
    if iid is None:
        raise UsageError("--as-of shows one item as it was, and none is named.", suggestion="Give its number.")
    with opened_provenance(ctx) as box:
        now = box.clock().now_ms()
        at = moment(as_of, now=now, end_of_day=True)
        found = box.show_item_as_of()(
            ItemAsOfMoment(
                kind=kind, iid=iid, at=now if at is None else at, asked=asked(ctx, ".", project, require_fresh)
            )
        )
    answer_item(ctx, found.item, lambda screen: _show(screen, found), meta={"freshness": found.freshness})


def _show(screen: Screen, found: PastItemAnswer) -> None:
    item = found.item
    screen.line(Cell(f"{item.project_path}{item.kind.sigil}{item.iid}", "dim", item.web_url))
    screen.line(Cell(item.title, "bold"))
    facts(
        screen,
        [
            ("as of", screen.when(item.as_of_at)),
            ("state", state(item.state)),
            ("author", f"@{item.author}"),
            ("assignees", ", ".join(f"@{name}" for name in item.assignees)),
            ("labels", Cell(", ".join(item.labels), "cyan")),
            ("milestone", item.milestone or ""),
            *((f"{name} not known", Cell(gap, "yellow")) for name, gap in item.not_known.items()),
        ],
    )
    if item.description.strip():
        screen.blank()
        screen.paragraph(item.description, indent=2)
    show_age(screen, found.freshness)
