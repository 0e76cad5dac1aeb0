"""Traces of lines, for people: the chain from code to the talk that decided it."""

from application.provenance.line_records import FoundMergeRequest, LineTraceAnswer, TracedLines
from entrypoints.cli.decided_view import show_issues, show_threads
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import show_item_line
from entrypoints.cli.screen import Cell, Screen

_INDENT = 2
_METHODS = {
    "merge_commit_sha": "its merge commit",
    "squash_commit_sha": "its squash commit",
    "mr_commits": "one of its commits",
    "merge_that_brought_it_in": "the merge that brought the commit in",
    "merge_request_trailer": "the merge request named by the commit message",
    "same_commit_rewritten": "the same commit, rewritten",
    "cherry_picked_from": "the commit it was picked from",
    "imported_pull_request": "the pull request named by the commit message",
    "mr_diff": "its diff adds the line",
    "commit_of_unmerged_mr": "a merge request that was never merged",
}


def show_line_trace(screen: Screen, found: LineTraceAnswer) -> None:
    with screen.paged():
        for number, lines in enumerate(found.trace.lines):
            if number:
                screen.blank()
            _show_lines(screen, found.trace.path, lines)
        if found.total_groups > len(found.trace.lines):
            screen.line(Cell(f"{len(found.trace.lines)} of {found.total_groups} origins; -n shows more", "dim"))
        show_age(screen, found.freshness)


def _show_lines(screen: Screen, path: str, lines: TracedLines) -> None:
    for number, text in enumerate(lines.texts, start=lines.first_line):
        screen.line(Cell(f"{path}:{number}  ", "cyan"), text)
    if lines.commit is not None:
        screen.line(
            Cell(lines.commit.sha[:12], "yellow"),
            "  ",
            lines.commit.subject,
            Cell(f"  {lines.commit.author_name}  ", "dim"),
            screen.when(lines.commit.authored_at),
        )
    if lines.explanation:
        screen.line(Cell(lines.explanation, "yellow"))
    if lines.passage is not None:
        screen.line(Cell(f"{lines.passage.passage.value}: {lines.passage.path} in {lines.passage.sha[:12]}", "dim"))
    if lines.merge_request is not None:
        _show_found(screen, lines.merge_request)
    for other in lines.alternatives:
        screen.line(Cell(f"or {other.project_path}!{other.iid}: {_METHODS[other.method.value]}", "dim"))
    show_issues(screen, lines.issues)
    show_threads(screen, lines.discussions)


def _show_found(screen: Screen, found: FoundMergeRequest) -> None:
    why = f"confidence {found.confidence.value}: {_METHODS[found.method.value]}"
    if found.item is None:
        screen.line(Cell(f"{found.project_path}!{found.iid}", "bold"), Cell(f"  {why}", "dim"))
        return
    show_item_line(screen, found.item)
    screen.line(" " * _INDENT, Cell(why, "dim"))
