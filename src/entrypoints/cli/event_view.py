"""One event of a timeline, for people."""

from application.provenance.shown_events import ShownEvent
from entrypoints.cli.screen import Cell, Screen


def show_event(screen: Screen, event: ShownEvent) -> None:
    screen.line(
        screen.ago(event.happened_at),
        "  ",
        Cell(f"{event.entity_kind.sigil}{event.iid}", "bold", event.url),
        Cell(f"  {event.type.replace('_', ' ')}  ", "cyan"),
        Cell(f"@{event.actor} " if event.actor else "", "dim"),
        event.summary,
    )
