"""Tables that fit the terminal: what is least needed goes first, and the text that can best bear it is cut."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from entrypoints.cli.screen import Cell, Screen

_STATES = {
    "opened": "green",
    "closed": "red",
    "merged": "magenta",
    "locked": "yellow",
    "running": "cyan",
    "succeeded": "green",
    "failed": "red",
    "cancelled": "yellow",
    "interrupted": "yellow",
    "ok": "green",
    "warning": "yellow",
    "skipped": "dim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    title: str
    right: bool = False
    flexible: bool = False
    """It takes what width is left, and is cut with an ellipsis where that is too little."""
    from_width: int = 0
    """Terminals narrower than this do without it."""


def state(word: str) -> Cell:
    """The state of an issue, a merge request, a run or a check, in its colour."""
    return Cell(word, _STATES.get(word, ""))


def table(screen: Screen, columns: Sequence[Column], rows: Iterable[Sequence[Cell | str]]) -> None:
    """A row has one cell for each column."""
    from rich.table import Table

    shown = [number for number, column in enumerate(columns) if column.from_width <= screen.console.width]
    grid = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, padding=(0, 2, 0, 0))
    for number in shown:
        column = columns[number]
        grid.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=1 if column.flexible else None,
        )
    for row in rows:
        grid.add_row(*(screen.text(row[number]) for number in shown))
    screen.console.print(grid)


def facts(screen: Screen, pairs: Iterable[tuple[str, Cell | str]]) -> None:
    """Names and values, one pair a line, values under each other; pairs without a value are left out."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        if value not in {"", Cell("")}:
            grid.add_row(screen.text(Cell(name, "dim")), screen.text(value))
    screen.console.print(grid)
