"""Notes on one line each, for people."""

from application.people.shown_notes import ShownNote
from entrypoints.cli.provenance_parts import SIGILS
from entrypoints.cli.screen import Cell, Screen


def show_note_line(screen: Screen, note: ShownNote, *, indent: int, mark: str = "") -> None:
    parent = f"{note.project_path}{SIGILS[note.noteable_type]}{note.parent_iid}"
    screen.line(
        " " * indent,
        Cell(mark, "yellow"),
        Cell(parent, "bold", note.web_url),
        "  ",
        Cell(f"@{note.author}  ", "dim"),
        screen.when(note.created_at),
        "  ",
        note.excerpt,
    )
