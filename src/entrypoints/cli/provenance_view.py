"""File histories, timelines, briefs and relatives, for people."""

from application.provenance.explain_item import Explanation, ExplanationAnswer
from application.provenance.file_history import FileHistoryAnswer, TouchingMerge
from application.provenance.find_drift import DriftAnswer
from application.provenance.find_related import RelatedAnswer, ShownRelated
from application.provenance.show_timeline import TimelineAnswer
from application.provenance.shown_events import ShownEvent
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import counted, show_hints, show_item_line, show_names, show_thread
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import facts, state

_INDENT = 2


def show_file_history(screen: Screen, found: FileHistoryAnswer) -> None:
    history = found.history
    with screen.paged():
        screen.line(Cell(history.path or ".", "bold"), Cell(f"  {history.project_path}", "dim"))
        show_names(screen, history.resolved_paths, "names")
        for one in history.merge_requests:
            _show_merge(screen, one)
        for life in history.earlier_lives:
            iids = ", ".join(f"!{iid}" for iid in life.merge_requests)
            screen.line(Cell(f"before: another file, {' → '.join(life.names)}: {iids}", "dim"))
        if found.total_mrs > len(history.merge_requests):
            screen.line(Cell(f"{len(history.merge_requests)} of {counted(found.total_mrs, 'merge request')}", "dim"))
        show_hints(screen, history.hints)
        show_age(screen, found.freshness)


def _show_merge(screen: Screen, one: TouchingMerge) -> None:
    moved = f"  {one.old_path} → {one.new_path}" if one.old_path != one.new_path else ""
    screen.line(
        Cell(f"!{one.iid}", "bold", one.web_url),
        "  ",
        state(one.state),
        "  ",
        Cell(one.title, "", one.web_url),
        Cell(f"  @{one.author}  ", "dim"),
        screen.ago(one.merged_at or one.created_at),
        Cell(f"  {one.change_type.value}{moved}", "dim"),
    )
    for thread in one.discussions or ():
        show_thread(screen, thread, indent=2 * _INDENT)


def show_timeline(screen: Screen, found: TimelineAnswer) -> None:
    with screen.paged():
        if not found.timeline.events:
            screen.line("Nothing happened.")
        for event in found.timeline.events:
            _show_event(screen, event)
        if found.total_events > len(found.timeline.events):
            screen.line(Cell(f"the last {len(found.timeline.events)} of {counted(found.total_events, 'event')}", "dim"))
        if found.items_cut:
            screen.line(Cell("More items were reached; --max-entities shows them.", "dim"))
        for one in found.timeline.unresolved:
            name = f"{one.project_path}{one.kind.sigil}{one.iid}"
            screen.line(Cell(f"not in the store: {name} ({one.relation})", "dim"))
        show_age(screen, found.freshness)


def _show_event(screen: Screen, event: ShownEvent) -> None:
    screen.line(
        screen.ago(event.happened_at),
        "  ",
        Cell(f"{event.entity_kind.sigil}{event.iid}", "bold", event.url),
        Cell(f"  {event.type.replace('_', ' ')}  ", "cyan"),
        Cell(f"@{event.actor} " if event.actor else "", "dim"),
        event.summary,
    )


def show_explanation(screen: Screen, found: ExplanationAnswer) -> None:
    with screen.paged():
        _show_explanation(screen, found.explanation)
        show_age(screen, found.freshness)


def _show_explanation(screen: Screen, brief: Explanation) -> None:
    show_item_line(screen, brief.item)
    facts(
        screen,
        [
            ("labels", Cell(", ".join(brief.labels), "cyan")),
            ("assignees", ", ".join(f"@{name}" for name in brief.assignees)),
            ("milestone", brief.milestone or ""),
            ("talk", f"{counted(brief.activity.notes, 'note')} in {counted(brief.activity.threads, 'thread')}"),
            ("people", ", ".join(f"@{one.username} {one.notes}" for one in brief.activity.participants[:8])),
        ],
    )
    if brief.description_excerpt:
        screen.blank()
        screen.line(brief.description_excerpt)
    _show_decisions(screen, brief)
    _show_open_threads(screen, brief)
    _heading(screen, "What happened", bool(brief.timeline_excerpt))
    for event in brief.timeline_excerpt:
        _show_event(screen, event)
    _heading(screen, "Related", bool(brief.related))
    for related in brief.related:
        _show_related(screen, related)


def _show_decisions(screen: Screen, brief: Explanation) -> None:
    _heading(screen, "Decisions", bool(brief.key_decisions))
    for one in brief.key_decisions:
        screen.line(Cell(f"@{one.author}", "bold", one.web_url), "  ", screen.ago(one.created_at), "  ", one.excerpt)
        screen.line(
            Cell(f"  note {one.gitlab_note_id}: {', '.join(rule.replace('_', ' ') for rule in one.rules)}", "dim")
        )


def _show_open_threads(screen: Screen, brief: Explanation) -> None:
    _heading(screen, f"Open threads ({brief.open_threads_total})", bool(brief.open_threads))
    for thread in brief.open_threads:
        screen.line(
            Cell(f"@{thread.author}", "bold", thread.web_url),
            Cell(f"  last @{thread.last_author} ", "dim"),
            screen.ago(thread.last_at),
            "  ",
            thread.excerpt,
        )


def _heading(screen: Screen, text: str, wanted: bool) -> None:
    if wanted:
        screen.blank()
        screen.heading(text)


def show_related(screen: Screen, found: RelatedAnswer) -> None:
    if not found.related:
        screen.line("Nothing related.")
    for one in found.related:
        _show_related(screen, one)
    show_age(screen, found.freshness)


def _show_related(screen: Screen, one: ShownRelated) -> None:
    show_item_line(screen, one.item)
    why = "; ".join(f"{reason.sign.value}: {reason.detail}" for reason in one.reasons)
    screen.line(" " * _INDENT, Cell(why, "dim"))


def show_drift(screen: Screen, found: DriftAnswer) -> None:
    for note in found.notes:
        screen.line(
            Cell(f"{note.similarity:5.2f} ", "red" if note.drifted else "green"),
            Cell(f"@{note.author}  ", "bold", note.web_url),
            screen.ago(note.created_at),
            "  ",
            note.excerpt,
        )
    show_age(screen, found.freshness)
