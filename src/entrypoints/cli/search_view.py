"""Search results, for people: the matches stand out in their passages."""

from collections.abc import Iterator

from application.search.search_documents import Passage, SearchAnswer, SearchResult
from entrypoints.cli.freshness_view import show_age, show_rest
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import state

_INDENT = 4
_PASSAGES_SHOWN = 2


def show_results(screen: Screen, found: SearchAnswer) -> None:
    if not found.results:
        screen.line("Nothing found for ", Cell(" ".join(found.terms), "bold"), ".")
    for result in found.results:
        _show(screen, result)
    show_rest(screen, len(found.results), found.total, found.next_cursor, at_least=not found.total_is_exact)
    if found.note:
        screen.line(Cell(found.note, "dim"))
    show_age(screen, found.freshness)


def _show(screen: Screen, result: SearchResult) -> None:
    screen.line(
        Cell(f"{result.kind.sigil}{result.iid}", "bold", result.web_url),
        "  ",
        state(result.state),
        "  ",
        Cell(result.title, "bold", result.web_url),
    )
    screen.line(
        Cell(result.project_path, "dim"),
        Cell(f"  @{result.author}  ", "dim"),
        screen.when(result.updated_at),
        indent=_INDENT,
    )
    if result.explanation is not None:
        screen.line(Cell(f"{result.score:.3f}: {'; '.join(result.explanation.reasons)}", "dim"), indent=_INDENT)
    for passage in result.passages[:_PASSAGES_SHOWN]:
        screen.line(*_highlighted(passage), indent=_INDENT)


def _highlighted(passage: Passage) -> Iterator[Cell]:
    at = 0
    for start, end in passage.highlights:
        yield Cell(passage.snippet[at:start])
        yield Cell(passage.snippet[start:end], "bold yellow", passage.web_url)
        at = end
    yield Cell(passage.snippet[at:])
