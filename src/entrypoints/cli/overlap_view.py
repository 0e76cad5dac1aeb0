"""Who works on the same path, for people."""

from application.people.find_overlap import OverlapAnswer
from domain.dates import day
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import Column, table


def show_overlap(screen: Screen, found: OverlapAnswer) -> None:
    overlap = found.overlap
    screen.line(Cell(overlap.path or ".", "bold"), Cell(f"  {overlap.project_path}", "dim"))
    if not overlap.people:
        screen.line(
            Cell(f"Nobody has worked on it since {day(overlap.since_at)}; --since looks further back.", "yellow")
        )
        show_age(screen, found.freshness)
        return
    columns = [Column(title="Who"), Column(title="Wrote", right=True), Column(title="Reviewed", right=True)]
    rows: list[list[Cell | str]] = [
        [
            Cell(f"@{one.username}", "bold"),
            str(len(one.authored)),
            str(len(one.reviewed)),
            Cell(", ".join(f"!{iid}" for iid in one.open), "yellow"),
            screen.when(one.last_at),
        ]
        for one in overlap.people
    ]
    table(screen, [*columns, Column(title="Open", flexible=True), Column(title="Last")], rows)
    show_age(screen, found.freshness)
