"""Lists, single items, notes and figures out of the store, and how old they are."""

from dataclasses import replace
from typing import Any

import pytest

from application.operations.count_rows import CountQuestion
from application.operations.read_status import StatusQuestion
from application.ports.item_reader import ItemFilter, ItemOrder, SortField
from application.ports.note_reader import NoteFilter
from application.reading.list_items import ItemQuestion
from application.reading.list_notes import NoteQuestion
from application.reading.listed import ListedIssue, ListedMergeRequest
from application.reading.show_item import ItemToShow
from contracts import builders
from contracts.builders import DAY, HOUR, NOON
from contracts.content.opened_store import issue_ref, put_set, register
from domain.errors import Ambiguous, NotFound, Stale, UsageError
from domain.freshness import FreshnessState
from domain.refs import DependentKind, EntityKind, dependents_of
from domain.runs import RunStatus
from reading_house import ReadingHouse

ISSUES, CHANGES = ItemFilter(kind=EntityKind.ISSUE), ItemFilter(kind=EntityKind.MERGE_REQUEST)
NOTES = NoteFilter()


@pytest.fixture
def house() -> ReadingHouse:
    return ReadingHouse()


class TestLists:
    def test_a_page_says_how_many_there_are_and_leads_to_the_next(self, house: ReadingHouse) -> None:
        question = ItemQuestion(filter=ISSUES, limit=3)
        first = house.list_items(question)
        assert (len(first.items), first.total) == (3, 4)
        rest = house.list_items(replace(question, cursor=first.next_cursor))
        assert (len(rest.items), rest.total, rest.next_cursor) == (1, 4, None)
        assert {(item.project_path, item.iid) for item in (*first.items, *rest.items)} == {
            ("group/app", 1),
            ("group/app", 2),
            ("group/app", 3),
            ("group/lib", 1),
        }

    def test_a_cursor_is_good_for_its_own_question_only(self, house: ReadingHouse) -> None:
        cursor = house.list_items(ItemQuestion(filter=ISSUES, limit=1)).next_cursor
        with pytest.raises(UsageError, match="another question"):
            house.list_items(ItemQuestion(filter=replace(ISSUES, state="closed"), cursor=cursor))
        by_title = ItemOrder(field=SortField.TITLE)
        with pytest.raises(UsageError, match="another question"):
            house.list_items(ItemQuestion(filter=ISSUES, order=by_title, cursor=cursor))
        with pytest.raises(UsageError, match="another question"):
            house.list_notes(NoteQuestion(filter=NOTES, cursor=cursor))

    def test_a_cursor_outlives_the_moment_in_which_an_age_was_typed(self, house: ReadingHouse) -> None:
        first = house.list_items(ItemQuestion(filter=replace(ISSUES, updated_since=NOON), limit=1))
        later = ItemQuestion(filter=replace(ISSUES, updated_since=NOON + 1), cursor=first.next_cursor)
        assert len(house.list_items(later).items) == 3

    def test_the_list_is_of_the_named_projects(self, house: ReadingHouse) -> None:
        found = house.list_items(ItemQuestion(filter=ISSUES, projects=("LIB",)))
        assert [item.project_path for item in found.items] == ["group/lib"]
        with pytest.raises(NotFound, match="no project"):
            house.list_items(ItemQuestion(filter=ISSUES, projects=("nowhere",)))
        with pytest.raises(Ambiguous):
            house.list_items(ItemQuestion(filter=ISSUES, projects=("group",)))

    def test_issues_and_merge_requests_are_listed_flat(self, house: ReadingHouse) -> None:
        issues = house.list_items(ItemQuestion(filter=replace(ISSUES, state="closed"))).items
        (issue,) = issues
        assert isinstance(issue, ListedIssue)
        assert (issue.author, issue.assignees, issue.milestone) == ("bob", ("carol", "alice"), "v1")
        changes = house.list_items(ItemQuestion(filter=replace(CHANGES, state="merged"))).items
        (change,) = changes
        assert isinstance(change, ListedMergeRequest)
        assert (change.reviewers, change.draft, change.milestone) == (("bob",), True, None)

    def test_notes_have_pages_too(self, house: ReadingHouse) -> None:
        question = NoteQuestion(filter=NOTES, projects=("group/app",), ascending=True, limit=3)
        first = house.list_notes(question)
        rest = house.list_notes(replace(question, cursor=first.next_cursor))
        numbers = [note.gitlab_note_id for note in (*first.items, *rest.items)]
        assert (numbers, first.total, rest.next_cursor) == ([200, 201, 300, 301, 310], 5, None)

    @pytest.mark.requirement("cli:notes-can-be-acted-on")
    def test_a_note_carries_what_is_needed_to_act_on_it(self, house: ReadingHouse) -> None:
        (note,) = house.list_notes(NoteQuestion(filter=replace(NOTES, author="carol"))).items
        assert (note.project_path, note.noteable_type, note.parent_iid) == ("group/app", "MergeRequest", 1)
        assert (note.gitlab_discussion_id, note.gitlab_note_id) == (builders.sha(1), 300)
        assert note.web_url == "https://gitlab.example.com/group/app/-/merge_requests/1#note_300"
        assert (note.new_path, note.new_line) == ("src/app.py", 10)


class TestOneItem:
    def test_an_item_comes_with_all_that_belongs_to_it(self, house: ReadingHouse) -> None:
        shown = house.show_item(ItemToShow(kind=EntityKind.MERGE_REQUEST, iid=1, project="app")).shown
        assert [thread.resolved for thread in shown.threads] == [False, True]
        assert [note.gitlab_note_id for thread in shown.threads for note in thread.notes] == [300, 301, 310]
        assert [(file.new_path, file.change) for file in shown.files] == [("src/app.py", "modified")]
        assert [commit.title for commit in shown.commits] == ["Commit 1", "Commit 2"]
        assert {(one.project_path, one.iid, one.relation) for one in shown.references} >= {("group/app", 1, "closes")}
        assert DependentKind.STATE_EVENTS in shown.not_fetched
        assert DependentKind.DIFFS not in shown.not_fetched

    def test_threads_that_cannot_be_resolved_say_so(self, house: ReadingHouse) -> None:
        shown = house.show_item(ItemToShow(kind=EntityKind.ISSUE, iid=1, project="group/app")).shown
        assert [(thread.resolvable, thread.resolved) for thread in shown.threads] == [(False, None), (False, None)]
        assert [one.iid for one in shown.referenced_by] == [3, 1]
        assert shown.files == ()

    def test_changes_of_state_labels_and_milestone_come_in_order(self, house: ReadingHouse) -> None:
        ref = issue_ref(house.shelf.lib)
        with house.writing() as transaction:
            put_set(
                transaction, ref, DependentKind.STATE_EVENTS, builders.state_event(1, created_at=NOON + 3, user=None)
            )
            labelled = (
                builders.label_event(1, created_at=NOON + 1),
                builders.label_event(2, None, created_at=NOON + 2),
            )
            put_set(transaction, ref, DependentKind.LABEL_EVENTS, *labelled)
            planned = (
                builders.milestone_event(1, created_at=NOON),
                builders.milestone_event(2, None, created_at=NOON + 4),
            )
            put_set(transaction, ref, DependentKind.MILESTONE_EVENTS, *planned)
        shown = house.show_item(ItemToShow(kind=EntityKind.ISSUE, iid=1, project="lib")).shown
        assert [(event.actor, event.change) for event in shown.events] == [
            ("alice", "milestone add v1"),
            ("alice", "label add bug"),
            ("alice", "label add (deleted)"),
            (None, "closed"),
            ("alice", "milestone add (deleted)"),
        ]

    @pytest.mark.parametrize(
        ("fields", "word"),
        [
            ({"new_file": True}, "added"),
            ({"deleted_file": True}, "deleted"),
            ({"renamed_file": True}, "renamed"),
            ({}, "modified"),
        ],
    )
    def test_files_say_what_became_of_them(self, house: ReadingHouse, fields: dict[str, Any], word: str) -> None:
        with house.writing() as transaction:
            ref = replace(issue_ref(house.shelf.app, 2), kind=EntityKind.MERGE_REQUEST)
            put_set(transaction, ref, DependentKind.DIFFS, builders.file_change("b.py", **fields))
        shown = house.show_item(ItemToShow(kind=EntityKind.MERGE_REQUEST, iid=2, project="app")).shown
        assert [file.change for file in shown.files] == [word]

    @pytest.mark.parametrize(("kind", "option"), [(EntityKind.ISSUE, "--issue"), (EntityKind.MERGE_REQUEST, "--mr")])
    def test_what_is_not_there_comes_with_the_command_that_fetches_it(
        self, house: ReadingHouse, kind: EntityKind, option: str
    ) -> None:
        with pytest.raises(NotFound) as caught:
            house.show_item(ItemToShow(kind=kind, iid=404, project="app"))
        assert caught.value.actions == (f"lore sync {option} 404 -p group/app",)

    def test_one_of_several_projects_has_to_be_named(self, house: ReadingHouse) -> None:
        with pytest.raises(UsageError, match="2 projects"):
            house.show_item(ItemToShow(kind=EntityKind.ISSUE, iid=1))

    def test_an_only_project_need_not_be_named(self) -> None:
        house = ReadingHouse(empty=True)
        with pytest.raises(NotFound, match="no project yet"):
            house.choose_projects.one(None)
        with house.writing() as transaction:
            register(transaction)
        assert house.choose_projects.one(None).path == "group/app"


@pytest.mark.requirement("cli:freshness")
class TestFreshness:
    def test_an_answer_says_how_old_it_is(self, house: ReadingHouse) -> None:
        house.ledger.save(builders.run(status=RunStatus.SUCCEEDED, finished_at=NOON))
        age = house.list_items(ItemQuestion(filter=ISSUES, projects=("app",))).freshness
        assert (age.state, age.synced_at, age.age_seconds) == (FreshnessState.FRESH, NOON + DAY, 3600)
        assert age.last_run_status is RunStatus.SUCCEEDED

    def test_the_oldest_project_counts(self, house: ReadingHouse) -> None:
        age = house.list_notes(NoteQuestion(filter=NOTES)).freshness
        assert (age.state, age.synced_at, age.age_seconds, age.last_run_status) == (
            FreshnessState.NEVER,
            None,
            None,
            None,
        )

    @pytest.mark.requirement("cli:require-fresh")
    def test_data_that_are_too_old_are_refused_with_the_sync_command(self, house: ReadingHouse) -> None:
        question = ItemQuestion(filter=ISSUES, projects=("app",), require_fresh_ms=HOUR - 1)
        with pytest.raises(Stale) as caught:
            house.list_items(question)
        assert caught.value.actions == ("lore sync -p group/app",)
        assert caught.value.details == {"age_seconds": 3600, "required_seconds": 3599}
        assert house.list_items(replace(question, require_fresh_ms=HOUR)).total == 3

    @pytest.mark.requirement("cli:require-fresh")
    def test_data_that_were_never_complete_are_never_fresh_enough(self, house: ReadingHouse) -> None:
        with pytest.raises(Stale, match="never synced") as caught:
            house.list_notes(NoteQuestion(filter=NOTES, require_fresh_ms=10 * DAY))
        assert caught.value.actions == ("lore sync",)

    @pytest.mark.requirement("cli:require-fresh")
    def test_an_item_that_was_fetched_by_itself_is_as_fresh_as_that(self, house: ReadingHouse) -> None:
        wanted = ItemToShow(kind=EntityKind.ISSUE, iid=1, project="lib", require_fresh_ms=HOUR)
        with pytest.raises(Stale) as caught:
            house.show_item(wanted)
        assert caught.value.actions == ("lore sync --issue 1 -p group/lib",)
        with house.writing() as transaction:
            for dependent in dependents_of(EntityKind.ISSUE):
                put_set(transaction, issue_ref(house.shelf.lib), dependent, requested_at=NOON + DAY)
        assert house.show_item(wanted).freshness.age_seconds == 3600


class TestFigures:
    def test_status_tells_how_every_project_stands(self, house: ReadingHouse) -> None:
        found = house.read_status(StatusQuestion())
        app, lib = found.projects
        assert (app.path, app.synced_at, app.age_seconds) == ("group/app", NOON + DAY, 3600)
        assert (app.issues_cursor_at, app.merge_requests_cursor_at) == (NOON, None)
        assert (lib.path, lib.synced_at, lib.age_seconds) == ("group/lib", None, None)
        assert (found.documents_due, found.last_run) == (0, None)

    def test_status_can_be_of_one_project_and_has_the_last_run(self, house: ReadingHouse) -> None:
        house.ledger.save(builders.run("run-7", status=RunStatus.FAILED, finished_at=NOON))
        found = house.read_status(StatusQuestion(projects=("lib",)))
        assert [project.path for project in found.projects] == ["group/lib"]
        assert found.last_run is not None
        assert found.last_run.run_id == "run-7"
        with pytest.raises(Stale):
            house.read_status(StatusQuestion(require_fresh_ms=0))

    def test_counts_can_be_of_one_kind_and_one_project(self, house: ReadingHouse) -> None:
        found = house.count_rows(CountQuestion(projects=("app",), what="issues"))
        assert [(one.state, one.count) for one in found.counts] == [("closed", 1), ("opened", 2)]
        everything = house.count_rows(CountQuestion())
        assert sum(one.count for one in everything.counts if one.what == "issues") == 4
