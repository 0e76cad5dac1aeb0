"""One issue or merge request with everything that belongs to it, for people."""

from collections.abc import Iterator, Sequence

from application.ports.item_reader import ReadReference
from application.reading.listed import ListedIssue, ListedItem, ListedMergeRequest, ListedThread
from application.reading.show_item import ShowAnswer, ShownItem
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.note_view import show_note
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import facts, state

_CHANGE_MARKS = {"added": "+", "deleted": "-", "renamed": "→", "modified": "~"}
_FILES_SHOWN = 30
_INDENT = 2


def show_whole_item(screen: Screen, found: ShowAnswer) -> None:
    """In the user's pager, where it is longer than the terminal."""
    with screen.paged():
        _show(screen, found.shown)
        show_age(screen, found.freshness)


def _show(screen: Screen, shown: ShownItem) -> None:
    item = shown.item
    screen.line(Cell(f"{item.project_path}{item.kind.sigil}{item.iid}", "dim", item.web_url))
    screen.line(Cell(item.title, "bold"))
    facts(screen, _facts(screen, item))
    if shown.description.strip():
        screen.blank()
        screen.paragraph(shown.description, indent=_INDENT)
    _show_references(screen, "Refers to", shown.references)
    _show_references(screen, "Referred to by", shown.referenced_by)
    _show_files(screen, shown)
    _show_events(screen, shown)
    _show_threads(screen, shown.threads)
    if shown.not_fetched:
        missing = ", ".join(kind.value.replace("_", " ") for kind in shown.not_fetched)
        screen.line(Cell(f"Not fetched yet: {missing}.", "yellow"))


def _facts(screen: Screen, item: ListedItem) -> Iterator[tuple[str, Cell | str]]:
    yield "state", state(item.state)
    yield "author", Cell(f"@{item.author}")
    yield "assignees", _people(item.assignees)
    if isinstance(item, ListedMergeRequest):
        yield "reviewers", _people(item.reviewers)
        yield "branch", f"{item.source_branch} → {item.target_branch}"
        yield "draft", "yes" if item.draft else ""
        yield "merged", screen.when(item.merged_at)
    yield "labels", Cell(", ".join(item.labels), "cyan")
    yield "milestone", item.milestone or ""
    if isinstance(item, ListedIssue):
        yield "due", item.due_date or ""
        yield "confidential", Cell("yes", "red") if item.confidential else ""
    yield "created", screen.when(item.created_at)
    yield "updated", screen.when(item.updated_at)
    yield "closed", screen.when(item.closed_at)
    yield "address", Cell(item.web_url, "dim", item.web_url)


def _people(names: Sequence[str]) -> str:
    return ", ".join(f"@{name}" for name in names)


def _show_references(screen: Screen, heading: str, references: Sequence[ReadReference]) -> None:
    if not references:
        return
    screen.blank()
    screen.heading(heading)
    for one in references:
        screen.line(
            "  ",
            Cell(f"{one.project_path}{one.kind.sigil}{one.iid}", "dim"),
            "  ",
            state(one.state or ""),
            "  ",
            one.title or "(not in the store)",
            Cell(f"  {one.relation.replace('_', ' ')}", "dim"),
        )


def _show_files(screen: Screen, shown: ShownItem) -> None:
    if shown.files:
        screen.blank()
        screen.heading(f"Files ({len(shown.files)})")
    for file in shown.files[:_FILES_SHOWN]:
        path = file.new_path if file.old_path == file.new_path else f"{file.old_path} → {file.new_path}"
        screen.line("  ", _CHANGE_MARKS[file.change], " ", path)
    if len(shown.files) > _FILES_SHOWN:
        screen.line(Cell(f"  and {len(shown.files) - _FILES_SHOWN} more: --json has all", "dim"))
    if shown.commits:
        screen.blank()
        screen.heading(f"Commits ({len(shown.commits)})")
    for commit in shown.commits:
        screen.line("  ", Cell(commit.sha[:8], "yellow"), " ", commit.title, Cell(f"  {commit.author_name}", "dim"))


def _show_events(screen: Screen, shown: ShownItem) -> None:
    if shown.events:
        screen.blank()
        screen.heading("Changes")
    for event in shown.events:
        actor = f"@{event.actor} " if event.actor else ""
        screen.line("  ", screen.when(event.created_at), "  ", Cell(actor, "dim"), event.change)


def _show_threads(screen: Screen, threads: Sequence[ListedThread]) -> None:
    spoken = [thread for thread in threads if not all(note.system for note in thread.notes)]
    if not spoken:
        return
    screen.blank()
    screen.heading(f"Threads ({len(spoken)})")
    for thread in spoken:
        screen.blank()
        if thread.resolved is not None:
            word = Cell("resolved", "green") if thread.resolved else Cell("unresolved", "yellow")
            screen.line("  ", word)
        for position, note in enumerate(thread.notes):
            show_note(screen, note, indent=_INDENT if position == 0 else 2 * _INDENT, with_place=position == 0)
