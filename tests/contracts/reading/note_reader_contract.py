"""What `NoteReader` promises."""

from abc import abstractmethod
from typing import Any

import pytest

from application.ports.content_store import ContentStore
from application.ports.note_reader import NoteFilter, NotePosition, NoteReader, ReadNote
from contracts import builders
from contracts.builders import NOON, SECOND
from contracts.content.opened_store import OpenedStore, Writing, merge_request_ref
from contracts.reading.shelf import Shelf, fill
from domain.refs import EntityKind


class NoteReaderContract(OpenedStore):
    @pytest.fixture
    @abstractmethod
    def notes(self, store: ContentStore) -> NoteReader: ...

    @pytest.fixture
    def shelf(self, writing: Writing) -> Shelf:
        return fill(writing)

    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize(
        ("conditions", "numbers"),
        [
            ({}, [310, 301, 300, 201, 200]),
            ({"system": True}, [310, 301, 300, 210, 201, 200]),
            ({"author": "@Carol"}, [300]),
            ({"type": "DiffNote"}, [310, 301, 300]),
            ({"text": "TIMEOUT"}, [300, 200]),
            ({"text": "100%"}, [310]),
            ({"text": "_"}, []),
            ({"path": "src/app.py"}, [300]),
            ({"path": "src/old/b.py"}, [310]),
            ({"path": "src/"}, [310, 300]),
            ({"path": "src"}, []),
            ({"created_since": NOON + 301 * SECOND}, [310, 301]),
            ({"created_until": NOON + 200 * SECOND}, [200]),
            ({"kind": EntityKind.ISSUE}, [201, 200]),
            ({"kind": EntityKind.MERGE_REQUEST, "iid": 1}, [310, 301, 300]),
            ({"kind": EntityKind.MERGE_REQUEST, "iid": 2}, []),
            ({"resolved": True}, [310]),
            ({"resolved": False}, [301, 300]),
        ],
    )
    def test_notes_have_to_fit_every_condition(
        self, notes: NoteReader, conditions: dict[str, Any], numbers: list[int]
    ) -> None:
        found = notes.notes(NoteFilter(**conditions), limit=50, ascending=False, after=None)
        assert [read.note.gitlab_id for read in found.notes] == numbers
        assert (found.total, found.last) == (len(numbers), None)

    def test_only_of_the_named_projects(self, notes: NoteReader, shelf: Shelf) -> None:
        for project, count in ((shelf.app, 5), (shelf.lib, 0)):
            found = notes.notes(NoteFilter(project_ids=(project,)), limit=50, ascending=False, after=None)
            assert found.total == count

    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize("ascending", [True, False])
    def test_slices_one_after_the_other_are_the_whole_list(self, notes: NoteReader, ascending: bool) -> None:
        whole = notes.notes(NoteFilter(), limit=50, ascending=ascending, after=None).notes
        after: NotePosition | None = None
        parts: list[ReadNote] = []
        for _ in range(3):
            part = notes.notes(NoteFilter(), limit=2, ascending=ascending, after=after)
            parts += part.notes
            after = part.last
        assert after is None
        assert parts == list(whole)

    def test_a_note_comes_with_its_thread_and_its_item(self, notes: NoteReader, shelf: Shelf) -> None:
        (read,) = notes.notes(NoteFilter(author="carol"), limit=1, ascending=True, after=None).notes
        assert read.parent == merge_request_ref(shelf.app)
        assert read.discussion_gitlab_id == builders.sha(1)
        assert (read.parent_title, read.project_path) == ("Merge request 1", builders.PROJECT_PATH)
        assert read.parent_web_url == builders.merge_request(1).web_url
        assert read.note.position == builders.position("src/app.py")
