"""Lists of notes and what a search tells find their rows by indexes, however they are filtered."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, Engine, event

from adapters.sql.reading.document_search import SqlDocumentSearch
from adapters.sql.reading.note_reader import SqlNoteReader
from application.ports.document_search import SearchFilter
from application.ports.note_reader import NoteFilter
from domain.refs import EntityKind, ProjectId

NOTE_FILTERS = [
    NoteFilter(author="alice"),
    NoteFilter(path="src/app.py"),
    NoteFilter(path="src/"),
    NoteFilter(path="src/app.py", system=True),
    NoteFilter(kind=EntityKind.ISSUE, iid=1, project_ids=(ProjectId(1),)),
]


@dataclass(slots=True)
class Plans:
    """The steps of every query that runs on the engine."""

    engine: Engine
    steps: list[str] = field(default_factory=list)

    def of(self, act: Callable[[], object]) -> list[str]:
        event.listen(self.engine, "before_cursor_execute", self._explain)
        act()
        event.remove(self.engine, "before_cursor_execute", self._explain)
        return self.steps

    def _explain(self, connection: Connection, _cursor: object, statement: str, values: object, *_: object) -> None:
        driver = connection.connection.driver_connection
        if statement.startswith(("SELECT", "WITH")) and driver is not None:
            self.steps += [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)]


@pytest.mark.requirement("provenance:query-plans")
@pytest.mark.parametrize("chosen", NOTE_FILTERS, ids=str)
def test_a_filtered_list_of_notes_does_not_walk_through_all_of_them(engine: Engine, chosen: NoteFilter) -> None:
    reader = SqlNoteReader(engine)
    steps = Plans(engine).of(lambda: reader.notes(chosen, limit=50, ascending=False, after=None))
    assert not [step for step in steps if step.startswith("SCAN notes")], steps
    assert any(step.startswith("SEARCH notes") for step in steps), steps


@pytest.mark.requirement("provenance:query-plans")
@pytest.mark.parametrize(
    "chosen", [SearchFilter(project_ids=(ProjectId(1),)), SearchFilter(state="opened"), SearchFilter(created_since=1)]
)
def test_what_a_filtered_search_tells_is_found_by_the_items(engine: Engine, chosen: SearchFilter) -> None:
    search = SqlDocumentSearch(engine)
    steps = Plans(engine).of(lambda: search.telling([("issue", 1)], chosen, ["word"], most=5))
    assert [step for step in steps if step.startswith("SEARCH documents")] == [
        "SEARCH documents USING INDEX documents_by_item (item_kind=? AND item_id=?)"
    ], steps
