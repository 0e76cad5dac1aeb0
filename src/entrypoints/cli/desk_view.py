"""My own work, for people."""

from application.people.show_my_work import MyDeskAnswer, MyItems, MyNote
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.note_lines import show_note_line
from entrypoints.cli.screen import Cell, Screen

_INDENT = 2
_ATTENTION = {
    "needs_attention": "red",
    "not_started": "yellow",
    "awaiting_response": "green",
    "not_ready": "dim",
    "stale": "dim",
}


def show_desk(screen: Screen, found: MyDeskAnswer) -> None:
    desk = found.desk
    with screen.paged():
        new = "" if desk.looked_at is None else f"  {desk.new} new since you last looked"
        screen.line(Cell(f"@{desk.username}", "bold"), Cell(new, "yellow"))
        _show_items(screen, "Issues", desk.issues)
        _show_items(screen, "Merge requests", desk.merge_requests)
        _show_items(screen, "Reviews", desk.reviews)
        _show_notes(screen, "Mentions", desk.mentions)
        _show_notes(screen, "What others said", desk.activity)
        show_age(screen, found.freshness)


def _show_items(screen: Screen, heading: str, items: MyItems) -> None:
    if items.total:
        screen.blank()
        screen.heading(f"{heading} ({items.total})")
    for one in items.items:
        new = f"  {one.new_notes} new" if one.new_notes else ""
        screen.line(
            " " * _INDENT,
            Cell(f"{one.attention.value.replace('_', ' '):17}  ", _ATTENTION[one.attention.value]),
            Cell(f"{one.item.kind.sigil}{one.item.iid}", "bold", one.item.web_url),
            "  ",
            one.item.title,
            Cell(f"  {'@' + one.last_by + ' ' if one.last_by else ''}", "dim"),
            screen.when(one.last_activity_at),
            Cell(new, "yellow"),
        )


def _show_notes(screen: Screen, heading: str, notes: tuple[MyNote, ...]) -> None:
    if notes:
        screen.blank()
        screen.heading(f"{heading} ({len(notes)})")
    for one in notes:
        show_note_line(screen, one.note, indent=_INDENT, mark="new  " if one.new else "")
