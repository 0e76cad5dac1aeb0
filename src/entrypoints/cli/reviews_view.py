"""What somebody reviewed, for people."""

from application.people.show_reviews import ReviewsAnswer
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import counted, show_item_line
from entrypoints.cli.screen import Cell, Screen


def show_reviews(screen: Screen, found: ReviewsAnswer) -> None:
    with screen.paged():
        screen.heading(f"@{found.reviews.username}")
        for one in found.reviews.reviews:
            asked = "  asked" if one.assigned else ""
            notes = f"  {counted(one.notes, 'note')}, {one.diff_notes} on the diff{asked}"
            show_item_line(screen, one.merge_request, after=notes)
        for folder in found.reviews.folders:
            screen.line(Cell(f"{folder.diff_notes:6}  {folder.path}", "dim"))
        show_age(screen, found.freshness)
