"""One event of a timeline, for people."""

from application.provenance.shown_events import ShownEvent
from domain.dates import day
from entrypoints.cli.screen import Cell, Screen


def show_event(screen: Screen, event: ShownEvent) -> None:
    screen.line(
        Cell(day(event.happened_at), "dim"),
        "  ",
        Cell(f"{event.entity_kind.sigil}{event.iid}", "bold", event.url),
        Cell(f"  {event.type.replace('_', ' ')}  ", "cyan"),
        Cell(f"@{event.actor} " if event.actor else "", "dim"),
        event.summary,
    )
