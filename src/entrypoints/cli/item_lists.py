"""Lists of issues and merge requests, for people."""

from application.reading.list_items import ItemAnswer
from application.reading.listed import ListedItem
from domain.refs import EntityKind
from entrypoints.cli.freshness_view import show_age, show_rest
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import Column, state, table

_NAMES = {EntityKind.ISSUE: "issue", EntityKind.MERGE_REQUEST: "merge request"}
_COLUMNS = (
    Column(title="", right=True),
    Column(title="State"),
    Column(title="Title", flexible=True),
    Column(title="Author", from_width=70),
    Column(title="Labels", flexible=True, from_width=100),
    Column(title="Notes", right=True, from_width=90),
    Column(title="Updated"),
)
_PROJECT = Column(title="Project", flexible=True)


def show_items(screen: Screen, found: ItemAnswer, kind: EntityKind) -> None:
    if not found.items:
        screen.line(f"No {_NAMES[kind]} like that.")
        show_age(screen, found.freshness)
        return
    several = len({item.project_path for item in found.items}) > 1
    columns = (_PROJECT, *_COLUMNS) if several else _COLUMNS
    rows = [(*((Cell(item.project_path, "dim"),) if several else ()), *_row(screen, item)) for item in found.items]
    table(screen, columns, rows)
    show_rest(screen, len(found.items), found.total, found.next_cursor)
    show_age(screen, found.freshness)


def _row(screen: Screen, item: ListedItem) -> tuple[Cell | str, ...]:
    return (
        Cell(f"{item.kind.sigil}{item.iid}", "bold", item.web_url),
        state(item.state),
        title_of(item),
        Cell(f"@{item.author}", "dim"),
        Cell(", ".join(item.labels), "cyan"),
        str(item.user_notes_count or ""),
        screen.when(item.updated_at),
    )


def title_of(item: ListedItem) -> Cell:
    return Cell(item.title, "", item.web_url)
