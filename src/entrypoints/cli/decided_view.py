"""Issues and threads behind a merge request, for people."""

from collections.abc import Sequence

from application.provenance.decided import DecidingThread, LinkedIssue
from entrypoints.cli.provenance_parts import show_item_line, show_thread
from entrypoints.cli.screen import Screen

_INDENT = 2
_WHY = {
    "at_the_line": "at the line",
    "names_it": "names it",
    "same_file": "on the file",
    "same_item": "",
}


def show_issues(screen: Screen, issues: Sequence[LinkedIssue]) -> None:
    for one in issues:
        show_item_line(screen, one.issue, indent=_INDENT, after=f"  {one.relation}")


def show_threads(screen: Screen, threads: Sequence[DecidingThread]) -> None:
    for one in threads:
        screen.blank()
        names = f" {', '.join(one.identifiers)}" if one.reason == "names_it" else ""
        show_thread(screen, one.thread, indent=2 * _INDENT, why=f"{_WHY[one.reason]}{names}")
