"""Where people talk, for people."""

from application.people.find_active_threads import ActiveThreadsAnswer
from domain.dates import day
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import SIGILS, counted
from entrypoints.cli.screen import Cell, Screen

_INDENT = 2


def show_active(screen: Screen, found: ActiveThreadsAnswer) -> None:
    if not found.threads:
        screen.line(Cell(f"Nobody has talked since {day(found.since_at)}; --since looks further back.", "yellow"))
    for one in found.threads:
        name = f"{one.project_path}{SIGILS[one.noteable_type]}{one.parent_iid}"
        screen.line(
            Cell(name, "bold", one.web_url),
            "  ",
            one.parent_title,
            Cell(f"  {counted(one.notes, 'note')}  ", "green"),
            screen.when(one.last_at),
        )
        screen.line(" " * _INDENT, Cell(", ".join(f"@{who}" for who in one.participants), "dim"), "  ", one.excerpt)
    show_age(screen, found.freshness)
