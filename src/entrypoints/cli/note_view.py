"""Notes, for people."""

from application.reading.list_notes import NoteAnswer
from application.reading.listed import ListedNote
from entrypoints.cli.freshness_view import show_age, show_rest
from entrypoints.cli.screen import Cell, Screen

_SIGILS = {"Issue": "#", "MergeRequest": "!"}


def show_notes(screen: Screen, found: NoteAnswer) -> None:
    if not found.items:
        screen.line("No note like that.")
    with screen.paged():
        for note in found.items:
            parent = f"{note.project_path}{_SIGILS[note.noteable_type]}{note.parent_iid}"
            screen.line(Cell(parent, "bold", note.web_url), "  ", note.parent_title)
            show_note(screen, note, indent=2, with_place=True)
            screen.blank()
        show_rest(screen, len(found.items), found.total, found.next_cursor)
        show_age(screen, found.freshness)


def show_note(screen: Screen, note: ListedNote, *, indent: int, with_place: bool) -> None:
    blank = " " * indent
    words = [word for word, holds in (("internal", note.internal), ("by GitLab", note.system)) if holds]
    screen.line(
        blank,
        Cell(f"@{note.author}", "bold"),
        "  ",
        screen.when(note.created_at),
        Cell("".join(f"  {word}" for word in words), "dim"),
    )
    if with_place and (place := place_of(note)):
        screen.line(blank, Cell(place, "cyan"))
    screen.paragraph(note.body, indent=indent, style="dim" if note.system else "")


def place_of(note: ListedNote) -> str:
    """Where in a diff the note stands, such as `src/app.py:12`; a removed line is one of the old file."""
    path, line = note.new_path, note.new_line
    if line is None and note.old_line is not None:
        path, line = note.old_path, note.old_line
    if path is None:
        return ""
    return path if line is None else f"{path}:{line}"
