"""What stands below an answer from the store: how to see the rest of it, and how old it is."""

from application.reading.freshness import MirrorAge
from domain.freshness import FreshnessState
from entrypoints.cli.screen import Cell, Screen


def show_rest(screen: Screen, shown: int, total: int, next_cursor: str | None, *, at_least: bool = False) -> None:
    if next_cursor is not None:
        words = f"{shown:,} of {'at least ' if at_least else ''}{total:,}; the next: --cursor {next_cursor}"
        screen.line(Cell(words, "dim"))


def show_age(screen: Screen, age: MirrorAge) -> None:
    """Fresh data need no words."""
    if age.state is FreshnessState.NEVER:
        screen.line(Cell("Never synced completely. ", "yellow"), Cell("lore sync", "cyan"))
    elif age.state is FreshnessState.STALE and age.synced_at is not None:
        screen.line(Cell("Last synced ", "yellow"), screen.ago(age.synced_at), ". ", Cell("lore sync", "cyan"))
