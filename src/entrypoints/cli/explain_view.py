"""Briefs, for people."""

from application.provenance.explain_item import Explanation, ExplanationAnswer
from entrypoints.cli.event_view import show_event
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import counted, show_item_line
from entrypoints.cli.related_view import show_relative
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import facts


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
        show_event(screen, event)
    _heading(screen, "Related", bool(brief.related))
    for related in brief.related:
        show_relative(screen, related)


def _show_decisions(screen: Screen, brief: Explanation) -> None:
    _heading(screen, "Decisions", bool(brief.key_decisions))
    for one in brief.key_decisions:
        screen.line(Cell(f"@{one.author}", "bold", one.web_url), "  ", screen.when(one.created_at), "  ", one.excerpt)
        screen.line(
            Cell(f"  note {one.gitlab_note_id}: {', '.join(rule.replace('_', ' ') for rule in one.rules)}", "dim")
        )


def _show_open_threads(screen: Screen, brief: Explanation) -> None:
    _heading(screen, f"Open threads ({brief.open_threads_total})", bool(brief.open_threads))
    for thread in brief.open_threads:
        screen.line(
            Cell(f"@{thread.author}", "bold", thread.web_url),
            Cell(f"  last @{thread.last_author} ", "dim"),
            screen.when(thread.last_at),
            "  ",
            thread.excerpt,
        )


def _heading(screen: Screen, text: str, wanted: bool) -> None:
    if wanted:
        screen.blank()
        screen.heading(text)
