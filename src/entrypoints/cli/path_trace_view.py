"""Traces of paths, for people."""

from application.provenance.trace_path import PathChain, PathTraceAnswer
from entrypoints.cli.decided_view import show_issues, show_threads
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import counted, show_item_line, show_names
from entrypoints.cli.screen import Cell, Screen


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
    show_issues(screen, chain.issues)
    show_threads(screen, chain.discussions)
