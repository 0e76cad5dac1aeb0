"""Tables that fit the terminal: what is least needed goes first, and the text that can best bear it is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from entrypoints.cli.screen import Cell, Screen

if TYPE_CHECKING:
    from rich.text import Text

_GAP = 2
"""Blank columns between two columns."""
_LEAST_WIDTH = 8
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
    texts = [[screen.text(row[number]) for number in shown] for row in rows]
    widths = _widths([columns[number] for number in shown], texts, screen.console.width)
    grid = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, padding=(0, _GAP, 0, 0))
    for number, width in zip(shown, widths, strict=True):
        column = columns[number]
        justify: Literal["left", "right"] = "right" if column.right else "left"
        grid.add_column(column.title, justify=justify, no_wrap=True, overflow="ellipsis", width=width)
    for row in texts:
        grid.add_row(*row)
    screen.console.print(grid)


def _widths(columns: Sequence[Column], texts: Sequence[Sequence[Text]], total: int) -> list[int]:
    """Each column as wide as its widest cell; flexible ones share what the others leave."""
    from rich.cells import cell_len

    wanted = [
        max([cell_len(column.title), *(row[number].cell_len for row in texts)]) for number, column in enumerate(columns)
    ]
    flexible = [number for number, column in enumerate(columns) if column.flexible]
    left = total - _GAP * len(columns) - sum(wanted[number] for number in range(len(columns)) if number not in flexible)
    for position, number in enumerate(flexible):
        share = left // (len(flexible) - position)
        wanted[number] = max(min(wanted[number], share), _LEAST_WIDTH)
        left -= wanted[number]
    return wanted


def facts(screen: Screen, pairs: Iterable[tuple[str, Cell | str]]) -> None:
    """Names and values, one pair a line, values under each other; pairs without a value are left out."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        if value if isinstance(value, str) else value.text:
            grid.add_row(screen.text(Cell(name, "dim")), screen.text(value))
    screen.console.print(grid)
