"""Related items, for people."""

from application.provenance.find_related import RelatedAnswer, ShownRelated
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import show_item_line
from entrypoints.cli.screen import Cell, Screen

_INDENT = 2


def show_related(screen: Screen, found: RelatedAnswer) -> None:
    if not found.related:
        screen.line("Nothing related.")
    for one in found.related:
        show_relative(screen, one)
    show_age(screen, found.freshness)


def show_relative(screen: Screen, one: ShownRelated) -> None:
    show_item_line(screen, one.item)
    why = "; ".join(f"{reason.sign.value}: {reason.detail}" for reason in one.reasons)
    screen.line(" " * _INDENT, Cell(why, "dim"))
