"""Traces, for people: the chain from code to the talk that decided it."""

from collections.abc import Sequence

from application.provenance.decided import DecidingThread, LinkedIssue
from application.provenance.line_records import FoundMergeRequest, LineTraceAnswer, TracedLines
from application.provenance.trace_path import PathChain, PathTraceAnswer
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import counted, show_item_line, show_names, show_thread
from entrypoints.cli.screen import Cell, Screen

_INDENT = 2
_WHY = {
    "at_the_line": "at the line",
    "names_it": "names it",
    "same_file": "on the file",
    "same_item": "",
}
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


def show_path_trace(screen: Screen, found: PathTraceAnswer) -> None:
    with screen.paged():
        screen.line(Cell(found.trace.path or ".", "bold"), Cell(f"  {found.trace.project_path}", "dim"))
        show_names(screen, found.trace.resolved_paths, "names")
        for chain in found.trace.chains:
            screen.blank()
            _show_chain(screen, chain)
        if found.total_mrs > len(found.trace.chains):
            screen.line(Cell(f"{len(found.trace.chains)} of {counted(found.total_mrs, 'merge request')}; -n", "dim"))
        show_age(screen, found.freshness)


def _show_chain(screen: Screen, chain: PathChain) -> None:
    show_item_line(screen, chain.merge_request, after=f"  {chain.change_type.value}")
    _show_issues(screen, chain.issues)
    _show_threads(screen, chain.discussions)


def _show_issues(screen: Screen, issues: Sequence[LinkedIssue]) -> None:
    for one in issues:
        show_item_line(screen, one.issue, indent=_INDENT, after=f"  {one.relation}")


def _show_threads(screen: Screen, threads: Sequence[DecidingThread]) -> None:
    for one in threads:
        screen.blank()
        names = f" {', '.join(one.identifiers)}" if one.reason == "names_it" else ""
        show_thread(screen, one.thread, indent=2 * _INDENT, why=f"{_WHY[one.reason]}{names}")


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
            screen.ago(lines.commit.authored_at),
        )
    if lines.explanation:
        screen.line(Cell(lines.explanation, "yellow"))
    if lines.passage is not None:
        screen.line(Cell(f"{lines.passage.passage.value}: {lines.passage.path} in {lines.passage.sha[:12]}", "dim"))
    if lines.merge_request is not None:
        _show_found(screen, lines.merge_request)
    for other in lines.alternatives:
        screen.line(Cell(f"or {other.project_path}!{other.iid}: {_METHODS[other.method.value]}", "dim"))
    _show_issues(screen, lines.issues)
    _show_threads(screen, lines.discussions)


def _show_found(screen: Screen, found: FoundMergeRequest) -> None:
    why = f"confidence {found.confidence.value}: {_METHODS[found.method.value]}"
    if found.item is None:
        screen.line(Cell(f"{found.project_path}!{found.iid}", "bold"), Cell(f"  {why}", "dim"))
        return
    show_item_line(screen, found.item)
    screen.line(" " * _INDENT, Cell(why, "dim"))
