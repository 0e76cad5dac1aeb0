"""What somebody works on, for people."""

from application.people.show_workload import WorkloadAnswer, WorkSection
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import show_item_line
from entrypoints.cli.screen import Screen

_INDENT = 2


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
