"""File histories, for people."""

from application.provenance.file_history import FileHistoryAnswer, TouchingMerge
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import counted, show_hints, show_names, show_thread
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import state

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
        screen.when(one.merged_at or one.created_at),
        Cell(f"  {one.change_type.value}{moved}", "dim"),
    )
    for thread in one.discussions or ():
        show_thread(screen, thread, indent=2 * _INDENT)
