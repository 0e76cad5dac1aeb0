"""People, for people."""

from application.people.find_active_threads import ActiveThreadsAnswer
from application.people.find_experts import ExpertsAnswer, ShownExpert
from application.people.find_overlap import OverlapAnswer
from application.people.show_my_work import MyDeskAnswer, MyItems, MyNote
from application.people.show_reviews import ReviewsAnswer
from application.people.show_workload import WorkloadAnswer, WorkSection
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import counted, show_hints, show_item_line, show_names, show_note_line
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import Column, table

_INDENT = 2
_SIGILS = {"Issue": "#", "MergeRequest": "!"}
_ATTENTION = {
    "needs_attention": "red",
    "not_started": "yellow",
    "awaiting_response": "green",
    "not_ready": "dim",
    "stale": "dim",
}


def show_experts(screen: Screen, found: ExpertsAnswer) -> None:
    experts = found.experts
    screen.line(Cell(experts.path or ".", "bold"), Cell(f"  {experts.project_path}", "dim"))
    show_names(screen, experts.resolved_paths, "names")
    for expert in experts.experts:
        screen.line(
            Cell(f"{expert.score:8.1f}  ", "green"),
            Cell(f"@{expert.username}", "bold"),
            Cell(f"  {counted(expert.merge_requests, 'merge request')}  ", "dim"),
            screen.ago(expert.last_at),
        )
        _show_parts(screen, expert)
    show_hints(screen, experts.hints)
    show_age(screen, found.freshness)


def _show_parts(screen: Screen, expert: ShownExpert) -> None:
    for part in expert.parts or ():
        rule = f"{part.weight:g} points, half in {part.half_life_days:g} days"
        screen.line(Cell(f"{part.points:16.1f}  {part.kind.value}: {part.count} at {rule}", "dim"))


def show_overlap(screen: Screen, found: OverlapAnswer) -> None:
    overlap = found.overlap
    screen.line(Cell(overlap.path or ".", "bold"), Cell(f"  {overlap.project_path}", "dim"))
    columns = [Column(title="Who"), Column(title="Wrote", right=True), Column(title="Reviewed", right=True)]
    rows: list[list[Cell | str]] = [
        [
            Cell(f"@{one.username}", "bold"),
            str(len(one.authored)),
            str(len(one.reviewed)),
            Cell(", ".join(f"!{iid}" for iid in one.open), "yellow"),
            screen.ago(one.last_at),
        ]
        for one in overlap.people
    ]
    table(screen, [*columns, Column(title="Open", flexible=True), Column(title="Last")], rows)
    show_age(screen, found.freshness)


def show_workload(screen: Screen, found: WorkloadAnswer) -> None:
    work = found.workload
    with screen.paged():
        screen.heading(f"@{work.username}")
        _show_section(screen, "Issues assigned", work.assigned_issues)
        _show_section(screen, "Merge requests assigned", work.assigned_merge_requests)
        _show_section(screen, "Merge requests written", work.authored_merge_requests)
        _show_section(screen, "Merge requests to review", work.reviewing_merge_requests)
        _show_section(screen, "Issues opened", work.authored_issues)
        show_age(screen, found.freshness)


def _show_section(screen: Screen, heading: str, section: WorkSection) -> None:
    if section.total:
        screen.blank()
        screen.heading(f"{heading} ({section.total})")
    for item in section.items:
        show_item_line(screen, item, indent=_INDENT)


def show_reviews(screen: Screen, found: ReviewsAnswer) -> None:
    with screen.paged():
        screen.heading(f"@{found.reviews.username}")
        for one in found.reviews.reviews:
            asked = "  asked" if one.assigned else ""
            notes = f"  {counted(one.notes, 'note')}, {one.diff_notes} on the diff{asked}"
            show_item_line(screen, one.merge_request, after=notes)
        for folder in found.reviews.folders:
            screen.line(Cell(f"{folder.diff_notes:6}  {folder.path}", "dim"))
        show_age(screen, found.freshness)


def show_active(screen: Screen, found: ActiveThreadsAnswer) -> None:
    if not found.threads:
        screen.line("Nobody talks.")
    for one in found.threads:
        name = f"{one.project_path}{_SIGILS[one.noteable_type]}{one.parent_iid}"
        screen.line(
            Cell(name, "bold", one.web_url),
            "  ",
            one.parent_title,
            Cell(f"  {counted(one.notes, 'note')}  ", "green"),
            screen.ago(one.last_at),
        )
        screen.line(" " * _INDENT, Cell(", ".join(f"@{who}" for who in one.participants), "dim"), "  ", one.excerpt)
    show_age(screen, found.freshness)


def show_desk(screen: Screen, found: MyDeskAnswer) -> None:
    desk = found.desk
    with screen.paged():
        new = "" if desk.looked_at is None else f"  {desk.new} new since you last looked"
        screen.line(Cell(f"@{desk.username}", "bold"), Cell(new, "yellow"))
        _show_items(screen, "Issues", desk.issues)
        _show_items(screen, "Merge requests", desk.merge_requests)
        _show_items(screen, "Reviews", desk.reviews)
        _show_notes(screen, "Mentions", desk.mentions)
        _show_notes(screen, "What others said", desk.activity)
        show_age(screen, found.freshness)


def _show_items(screen: Screen, heading: str, items: MyItems) -> None:
    if items.total:
        screen.blank()
        screen.heading(f"{heading} ({items.total})")
    for one in items.items:
        new = f"  {one.new_notes} new" if one.new_notes else ""
        screen.line(
            " " * _INDENT,
            Cell(f"{one.attention.value.replace('_', ' '):17}  ", _ATTENTION[one.attention.value]),
            Cell(f"{one.item.kind.sigil}{one.item.iid}", "bold", one.item.web_url),
            "  ",
            one.item.title,
            Cell(f"  {'@' + one.last_by + ' ' if one.last_by else ''}", "dim"),
            screen.ago(one.last_activity_at),
            Cell(new, "yellow"),
        )


def _show_notes(screen: Screen, heading: str, notes: tuple[MyNote, ...]) -> None:
    if notes:
        screen.blank()
        screen.heading(f"{heading} ({len(notes)})")
    for one in notes:
        show_note_line(screen, one.note, indent=_INDENT, mark="new  " if one.new else "")
