"""Timelines, for people."""

from application.provenance.show_timeline import TimelineAnswer
from entrypoints.cli.event_view import show_event
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import counted
from entrypoints.cli.screen import Cell, Screen


def show_timeline(screen: Screen, found: TimelineAnswer) -> None:
    with screen.paged():
        if not found.timeline.events:
            screen.line("Nothing happened.")
        for event in found.timeline.events:
            show_event(screen, event)
        if found.total_events > len(found.timeline.events):
            screen.line(Cell(f"the last {len(found.timeline.events)} of {counted(found.total_events, 'event')}", "dim"))
        if found.items_cut:
            screen.line(Cell("More items were reached; --max-entities shows them.", "dim"))
        for one in found.timeline.unresolved:
            name = f"{one.project_path}{one.kind.sigil}{one.iid}"
            screen.line(Cell(f"not in the store: {name} ({one.relation})", "dim"))
        show_age(screen, found.freshness)
