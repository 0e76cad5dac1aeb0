"""What `Dependents` promises."""

from typing import Any

import pytest

from application.ports.content_store import ContentStore, DependentState
from contracts import builders
from contracts.content.opened_store import (
    OpenedStore,
    Writing,
    issue_ref,
    merge_request_ref,
    put,
    put_set,
    register,
)
from domain.document_records import DiscussionSource
from domain.entities import DependentRecord, Discussion
from domain.errors import NotFound
from domain.refs import DependentKind, EntityRef, ProjectId, SourceKey, SourceType

THREADS = DependentKind.DISCUSSIONS
UPDATED = builders.NOON + builders.HOUR

Ref = EntityRef


def thread(store: ContentStore, key: SourceKey) -> Discussion:
    with store.reading() as view:
        source = view.documents.sources([key])[key]
    assert isinstance(source, DiscussionSource)
    return source.discussion


class FreshnessContract(OpenedStore):
    @pytest.fixture
    def issue(self, writing: Writing, project_id: ProjectId) -> Ref:
        with writing() as transaction:
            put(transaction, project_id, builders.issue(1, updated_at=UPDATED))
        return issue_ref(project_id)

    def test_a_set_that_was_never_fetched_has_no_state(self, store: ContentStore, issue: Ref) -> None:
        with store.reading() as view:
            assert view.dependents.state(issue, THREADS) == DependentState(watermark=None, fetch_started_at=None)

    @pytest.mark.requirement("sync:rule-8")
    def test_a_written_set_knows_when_its_fetch_began_and_is_not_settled_by_that(
        self, store: ContentStore, writing: Writing, issue: Ref
    ) -> None:
        with writing() as transaction:
            put_set(transaction, issue, THREADS, requested_at=builders.NOON)
        with store.reading() as view:
            state = view.dependents.state(issue, THREADS)
            other = view.dependents.state(issue, DependentKind.LABEL_EVENTS)
        assert state == DependentState(watermark=None, fetch_started_at=builders.NOON)
        assert other == DependentState(watermark=None, fetch_started_at=None)

    @pytest.mark.requirement("sync:rule-3")
    def test_a_watermark_moves_and_never_goes_back(self, store: ContentStore, writing: Writing, issue: Ref) -> None:
        marks = []
        for watermark in (UPDATED - 1, UPDATED, UPDATED - 2):
            with writing() as transaction:
                transaction.dependents.settle(issue, THREADS, watermark=watermark)
                marks.append(transaction.dependents.state(issue, THREADS).watermark)
        assert marks == [UPDATED - 1, UPDATED, UPDATED]
        with store.reading() as view:
            assert view.dependents.state(issue, THREADS).watermark == UPDATED

    @pytest.mark.requirement("sync:rule-3")
    def test_a_watermark_survives_an_update_of_the_item(
        self, store: ContentStore, writing: Writing, issue: Ref, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            transaction.dependents.settle(issue, THREADS, watermark=UPDATED)
            put(transaction, project_id, builders.issue(1, updated_at=UPDATED + 5))
        with store.reading() as view:
            assert view.dependents.state(issue, THREADS).watermark == UPDATED

    @pytest.mark.requirement("sync:rule-15")
    def test_the_watermarks_of_chosen_projects_can_be_forgotten(
        self, store: ContentStore, writing: Writing, issue: Ref, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            other = issue_ref(register(transaction, 78, "group/other"))
            put(transaction, other.project_id, builders.issue(1))
            for ref in (issue, other):
                put_set(transaction, ref, THREADS, requested_at=builders.NOON)
                transaction.dependents.settle(ref, THREADS, watermark=UPDATED)
        with writing() as transaction:
            transaction.dependents.unsettle_all([project_id])
        with store.reading() as view:
            assert view.dependents.state(issue, THREADS) == DependentState(
                watermark=None, fetch_started_at=builders.NOON
            )
            assert view.dependents.state(other, THREADS).watermark == UPDATED

    def test_sets_of_an_item_that_is_not_there_are_refused(self, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction, pytest.raises(NotFound):
            put_set(transaction, issue_ref(project_id, 404), THREADS)


class ThreadsContract(OpenedStore):
    @pytest.fixture
    def issue(self, writing: Writing, project_id: ProjectId) -> Ref:
        with writing() as transaction:
            put(transaction, project_id, builders.issue(1))
        return issue_ref(project_id)

    def test_threads_come_back_as_they_were_written(self, store: ContentStore, writing: Writing, issue: Ref) -> None:
        first = builders.discussion(
            1,
            builders.note(1, type="DiffNote", position=builders.position(old_line=3, start_new_line=8)),
            builders.note(2, author=builders.CAROL, internal=True, created_at=builders.NOON),
            builders.note(3, resolvable=True, resolved=True, resolved_by=builders.ALICE, resolved_at=builders.NOON),
            builders.note(4, resolvable=True, resolved=False),
            builders.note(5, system=True),
        )
        with writing() as transaction:
            keys = put_set(transaction, issue, THREADS, first, builders.discussion(2, individual_note=True))
        assert thread(store, keys[0]) == first
        assert thread(store, keys[1]) == builders.discussion(2, individual_note=True)

    def test_the_same_answer_again_touches_nothing(self, writing: Writing, issue: Ref) -> None:
        with writing() as transaction:
            put_set(transaction, issue, THREADS, builders.discussion(1))
        with writing() as transaction:
            assert put_set(transaction, issue, THREADS, builders.discussion(1)) == ()

    @pytest.mark.requirement("sync:rule-5")
    @pytest.mark.parametrize(
        "change",
        [
            {"body": "Other"},
            {"resolved": True},
            {"author": builders.CAROL},
            {"position": builders.position("other.py")},
        ],
        ids="-".join,
    )
    def test_a_changed_note_touches_its_thread_whose_key_stays(
        self, store: ContentStore, writing: Writing, issue: Ref, change: dict[str, Any]
    ) -> None:
        after = builders.discussion(1, builders.note(1, **change), builders.note(2))
        with writing() as transaction:
            before = builders.discussion(1, builders.note(1), builders.note(2))
            keys = put_set(transaction, issue, THREADS, before, builders.discussion(2))
        with writing() as transaction:
            assert put_set(transaction, issue, THREADS, after, builders.discussion(2)) == (keys[0],)
        assert thread(store, keys[0]) == after

    @pytest.mark.requirement("sync:rule-5")
    def test_a_note_that_the_answer_does_not_hold_is_removed(
        self, store: ContentStore, writing: Writing, issue: Ref
    ) -> None:
        with writing() as transaction:
            keys = put_set(transaction, issue, THREADS, builders.discussion(1, builders.note(1), builders.note(2)))
        with writing() as transaction:
            assert put_set(transaction, issue, THREADS, builders.discussion(1, builders.note(2))) == keys
        assert thread(store, keys[0]) == builders.discussion(1, builders.note(2))

    @pytest.mark.requirement("sync:rule-5")
    def test_threads_that_a_whole_answer_does_not_hold_are_removed(
        self, store: ContentStore, writing: Writing, issue: Ref
    ) -> None:
        with writing() as transaction:
            keys = put_set(transaction, issue, THREADS, *map(builders.discussion, (1, 2, 3)))
        with writing() as transaction:
            gone = put_set(transaction, issue, THREADS, builders.discussion(2))
        assert set(gone) == {keys[0], keys[2]}
        with store.reading() as view:
            assert view.dependents.discussion_ids(issue) == {builders.sha(2)}
            assert set(view.documents.sources(keys)) == {keys[1]}

    @pytest.mark.requirement("sync:rule-5")
    def test_only_the_named_ones_of_the_missing_threads_are_removed(
        self, store: ContentStore, writing: Writing, issue: Ref
    ) -> None:
        answer = builders.answer(THREADS, builders.discussion(1))
        with writing() as transaction:
            keys = put_set(transaction, issue, THREADS, *map(builders.discussion, (1, 2, 3)))
        with writing() as transaction:
            gone = transaction.dependents.put(issue, answer, sweep={builders.sha(3), builders.sha(9)}, references=[])
        assert gone == (keys[2],)
        with store.reading() as view:
            assert view.dependents.discussion_ids(issue) == {builders.sha(1), builders.sha(2)}
        assert thread(store, keys[1]) == builders.discussion(2)

    @pytest.mark.requirement("sync:rule-5")
    def test_a_removed_thread_can_come_back(self, store: ContentStore, writing: Writing, issue: Ref) -> None:
        with writing() as transaction:
            put_set(transaction, issue, THREADS, builders.discussion(1))
        with writing() as transaction:
            put_set(transaction, issue, THREADS)
        with writing() as transaction:
            (key,) = put_set(transaction, issue, THREADS, builders.discussion(1))
        assert thread(store, key) == builders.discussion(1)

    @pytest.mark.requirement("surgical:C2")
    def test_system_notes_touch_no_document(self, writing: Writing, issue: Ref) -> None:
        said = builders.note(1)
        with writing() as transaction:
            keys = put_set(transaction, issue, THREADS, builders.discussion(1, said))
            assert len(keys) == 1
        with writing() as transaction:
            system = builders.note(2, system=True)
            assert put_set(transaction, issue, THREADS, builders.discussion(1, said, system)) == ()
        with writing() as transaction:
            changed = builders.note(2, "renamed", system=True)
            assert put_set(transaction, issue, THREADS, builders.discussion(1, said, changed)) == ()
        with writing() as transaction:
            assert put_set(transaction, issue, THREADS, builders.discussion(1, said)) == ()
            only_system = builders.discussion(2, builders.note(3, system=True))
            assert put_set(transaction, issue, THREADS, builders.discussion(1, said), only_system) == ()
        with writing() as transaction:
            assert put_set(transaction, issue, THREADS, builders.discussion(1, said)) == ()

    def test_the_threads_of_another_item_stay(
        self, store: ContentStore, writing: Writing, issue: Ref, project_id: ProjectId
    ) -> None:
        request = merge_request_ref(project_id)
        with writing() as transaction:
            put(transaction, project_id, builders.merge_request(1))
            put_set(transaction, request, THREADS, builders.discussion(5))
            put_set(transaction, issue, THREADS, builders.discussion(1))
        with writing() as transaction:
            put_set(transaction, issue, THREADS)
        with store.reading() as view:
            assert view.dependents.discussion_ids(request) == {builders.sha(5)}
            assert view.dependents.discussion_ids(issue) == frozenset()

    def test_an_item_that_is_not_there_has_no_threads(self, store: ContentStore, project_id: ProjectId) -> None:
        with store.reading() as view:
            assert view.dependents.discussion_ids(issue_ref(project_id, 404)) == frozenset()


class PlainSetsContract(OpenedStore):
    @pytest.fixture
    def request_key(self, writing: Writing, project_id: ProjectId) -> SourceKey:
        with writing() as transaction:
            return put(transaction, project_id, builders.merge_request(1)).touched[0]

    @pytest.mark.parametrize(
        ("kind", "record"),
        [
            (DependentKind.STATE_EVENTS, builders.state_event()),
            (DependentKind.LABEL_EVENTS, builders.label_event()),
            (DependentKind.MILESTONE_EVENTS, builders.milestone_event(user=None)),
            (DependentKind.CLOSES_ISSUES, builders.closes_issue()),
            (DependentKind.COMMITS, builders.commit()),
        ],
    )
    def test_events_closes_and_commits_touch_no_document(
        self,
        writing: Writing,
        project_id: ProjectId,
        request_key: SourceKey,
        kind: DependentKind,
        record: DependentRecord,
    ) -> None:
        assert request_key.source_type is SourceType.MERGE_REQUEST
        for records in ([record], [record], []):
            with writing() as transaction:
                assert put_set(transaction, merge_request_ref(project_id), kind, *records) == ()

    def test_a_merge_request_whose_diff_names_other_files_is_touched(
        self, store: ContentStore, writing: Writing, project_id: ProjectId, request_key: SourceKey
    ) -> None:
        ref, touched = merge_request_ref(project_id), []
        for changes in (
            [builders.file_change("new.py", "old.py"), builders.file_change("b.py")],
            [builders.file_change("new.py", "old.py", diff="other"), builders.file_change("b.py")],
            [builders.file_change("b.py")],
        ):
            with writing() as transaction:
                touched.append(put_set(transaction, ref, DependentKind.DIFFS, *changes))
            with store.reading() as view:
                source = view.documents.sources([request_key])[request_key]
                assert source.paths == tuple(  # type: ignore[union-attr]  # an item's key leads to an item's source
                    sorted({path for change in changes for path in (change.old_path, change.new_path)})
                )
        assert touched == [(request_key,), (), (request_key,)]
