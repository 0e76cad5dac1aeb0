"""Drifting discussions, for people."""

from application.provenance.find_drift import DriftAnswer
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.screen import Cell, Screen


def show_drift(screen: Screen, found: DriftAnswer) -> None:
    for note in found.notes:
        screen.line(
            Cell(f"{note.similarity:5.2f} ", "red" if note.drifted else "green"),
            Cell(f"@{note.author}  ", "bold", note.web_url),
            screen.when(note.created_at),
            "  ",
            note.excerpt,
        )
    show_age(screen, found.freshness)
