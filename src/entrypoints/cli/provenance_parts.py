"""Pieces that the views of provenance and people share."""

from collections.abc import Iterable, Sequence

from application.provenance.shown import ShownItem, ShownThread
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import state

SIGILS = {"Issue": "#", "MergeRequest": "!"}


def name_of(item: ShownItem) -> Cell:
    return Cell(f"{item.kind.sigil}{item.iid}", "bold", item.web_url)


def show_item_line(screen: Screen, item: ShownItem, *, indent: int = 0, after: str = "") -> None:
    screen.line(
        " " * indent,
        name_of(item),
        "  ",
        state(item.state),
        "  ",
        Cell(item.title, "", item.web_url),
        Cell(f"  @{item.author}{after}", "dim"),
    )


def show_thread(screen: Screen, thread: ShownThread, *, indent: int, why: str = "") -> None:
    blank = " " * indent
    marks = {True: "  resolved", False: "  unresolved", None: ""}[thread.resolved]
    screen.line(
        blank,
        Cell(f"@{thread.author}", "bold", thread.web_url),
        "  ",
        screen.when(thread.created_at),
        Cell(f"  {counted(thread.notes, 'note')}{marks}{'  ' + why if why else ''}", "dim"),
    )
    place = place_of(thread)
    if place:
        screen.line(blank, Cell(place, "cyan"))
    screen.line(blank, thread.excerpt)
    if thread.last_excerpt:
        screen.line(blank, Cell(f"… @{thread.last_author}: ", "dim"), thread.last_excerpt)


def place_of(thread: ShownThread) -> str:
    path, line = (thread.new_path, thread.new_line) if thread.new_line else (thread.old_path, thread.old_line)
    if path is None:
        return ""
    return f"{path}:{line}" if line else path


def show_names(screen: Screen, names: Sequence[str], label: str) -> None:
    if len(names) > 1:
        screen.line(Cell(f"{label}: ", "dim"), Cell(" → ".join(names), "cyan"))


def show_hints(screen: Screen, hints: Iterable[str]) -> None:
    for hint in hints:
        screen.line(Cell(hint, "yellow"))


def counted(number: int, word: str) -> str:
    """`1 note`, `2 notes`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
