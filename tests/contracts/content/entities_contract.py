"""What `Entities` promises."""

from dataclasses import replace
from typing import Any

import pytest

from application.ports.content_store import Change, ContentStore
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
from domain.entities import Entity
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId, SourceKey, SourceType

ISSUE_CHANGES: list[dict[str, Any]] = [
    {"title": "Other"},
    {"description": "Other"},
    {"state": "closed"},
    {"author": builders.BOB},
    {"updated_at": builders.NOON + 5 * builders.HOUR},
    {"updated_at": builders.NOON},
    {"web_url": "https://gitlab.example.com/other"},
    {"closed_at": builders.NOON},
    {"closed_by": builders.BOB},
    {"labels": ("bug",)},
    {"assignees": (builders.BOB,)},
    {"milestone": builders.milestone(2)},
    {"due_date": "2026-07-01"},
    {"confidential": True},
    {"discussion_locked": True},
    {"issue_type": "incident"},
    {"user_notes_count": 3},
    {"upvotes": 1},
    {"downvotes": 1},
    {"weight": 5},
    {"moved_to_gitlab_id": 99},
]
MERGE_REQUEST_CHANGES: list[dict[str, Any]] = [
    {"source_branch": "other"},
    {"target_branch": "release"},
    {"source_project_gitlab_id": None},
    {"target_project_gitlab_id": 78},
    {"merged_at": builders.NOON},
    {"merge_user": builders.BOB},
    {"assignees": (builders.BOB, builders.ALICE)},
    {"reviewers": (builders.CAROL,)},
    {"draft": True},
    {"detailed_merge_status": "mergeable"},
    {"sha": builders.sha(8)},
    {"merge_commit_sha": builders.sha(9)},
    {"squash_commit_sha": builders.sha(10)},
]


def stored_entity(store: ContentStore, ref: EntityRef) -> Entity:
    """The item as documents are made from it."""
    with store.reading() as view:
        stored = view.entities.get(ref)
        assert stored is not None
        source = view.documents.sources([stored.source])[stored.source]
    entity: Entity = source.entity  # type: ignore[union-attr]  # an item's key leads to an item's source
    return entity


class EntitiesContract(OpenedStore):
    @pytest.mark.requirement("sync:rule-12")
    def test_the_living_items_of_a_project_are_told(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            for iid in (1, 2, 3):
                transaction.entities.put(project_id, builders.fetched(builders.issue(iid)), ())
            transaction.entities.put(project_id, builders.fetched(builders.merge_request(9)), ())
            transaction.entities.bury(EntityRef(project_id, EntityKind.ISSUE, 2), deleted_at=builders.NOON)
        with store.reading() as view:
            assert view.entities.living_iids(project_id, EntityKind.ISSUE) == {1, 3}
            assert view.entities.living_iids(project_id, EntityKind.MERGE_REQUEST) == {9}

    def test_an_item_that_was_never_written_is_not_there(self, store: ContentStore, project_id: ProjectId) -> None:
        with store.reading() as view:
            assert view.entities.get(issue_ref(project_id)) is None

    def test_a_new_item_is_created_and_touched(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            written = put(transaction, project_id, builders.issue(1), requested_at=builders.NOON)
        with store.reading() as view:
            stored = view.entities.get(issue_ref(project_id))
        assert stored is not None
        assert written.change is Change.CREATED
        assert written.touched == (stored.source,)
        assert stored.source.source_type is SourceType.ISSUE
        assert (stored.gitlab_id, stored.updated_at) == (10_001, builders.NOON + builders.HOUR)
        assert (stored.last_seen_at, stored.deleted_at) == (builders.NOON, None)

    def test_an_item_comes_back_as_it_was_written(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        issue = builders.issue(
            labels=("bug", "ui"),
            assignees=(builders.CAROL, builders.ALICE),
            milestone=builders.milestone(3, due_date=None, web_url="https://gitlab.example.com/m"),
            closed_by=builders.BOB,
            confidential=True,
            discussion_locked=False,
        )
        merge_request = builders.merge_request(
            reviewers=(builders.CAROL, builders.BOB), merge_user=builders.BOB, draft=True, discussion_locked=True
        )
        with writing() as transaction:
            put(transaction, project_id, issue)
            put(transaction, project_id, merge_request)
        assert stored_entity(store, issue_ref(project_id)) == issue
        assert stored_entity(store, merge_request_ref(project_id)) == merge_request

    @pytest.mark.requirement("surgical:C13")
    def test_the_same_item_again_is_unchanged_but_seen_later(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            put(transaction, project_id, builders.issue(labels=("a",)), requested_at=1)
        with writing() as transaction:
            written = put(transaction, project_id, builders.issue(labels=("a",)), requested_at=2)
        assert (written.change, written.touched) == (Change.UNCHANGED, ())
        with store.reading() as view:
            stored = view.entities.get(issue_ref(project_id))
        assert stored is not None
        assert stored.last_seen_at == 2

    @pytest.mark.parametrize("change", ISSUE_CHANGES, ids="-".join)
    def test_every_field_of_an_issue_can_change(
        self, store: ContentStore, writing: Writing, project_id: ProjectId, change: dict[str, Any]
    ) -> None:
        with writing() as transaction:
            first = put(transaction, project_id, builders.issue())
        with writing() as transaction:
            written = put(transaction, project_id, builders.issue(**change))
        assert written.change is Change.UPDATED
        assert written.touched == first.touched
        assert stored_entity(store, issue_ref(project_id)) == builders.issue(**change)

    @pytest.mark.parametrize("change", MERGE_REQUEST_CHANGES, ids="-".join)
    def test_every_field_of_a_merge_request_can_change(
        self, store: ContentStore, writing: Writing, project_id: ProjectId, change: dict[str, Any]
    ) -> None:
        before = builders.merge_request(reviewers=(builders.BOB,), assignees=(builders.ALICE, builders.BOB))
        with writing() as transaction:
            put(transaction, project_id, before)
        with writing() as transaction:
            written = put(transaction, project_id, builders.merge_request(**change))
        assert written.change is Change.UPDATED
        assert stored_entity(store, merge_request_ref(project_id)) == builders.merge_request(**change)

    def test_issues_and_merge_requests_and_projects_are_apart(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            other = register(transaction, 78, "group/other")
            put(transaction, project_id, builders.issue(1))
        with store.reading() as view:
            assert view.entities.get(merge_request_ref(project_id)) is None
            assert view.entities.get(issue_ref(other)) is None
            assert view.entities.get(issue_ref(project_id, 2)) is None

    def test_people_are_known_by_their_ids_and_may_change_their_names(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            put(transaction, project_id, builders.issue(1))
        renamed = replace(builders.ALICE, username="alison", name="Alison")
        with writing() as transaction:
            put(transaction, project_id, builders.issue(2, author=renamed))
        assert stored_entity(store, issue_ref(project_id, 2)).author == renamed

    @pytest.mark.requirement("surgical:C2")
    @pytest.mark.parametrize(
        "change",
        [
            {"title": "Other"},
            {"state": "closed"},
            {"labels": ("bug",)},
            {"web_url": f"{builders.BASE_URL}/moved/-/issues/1"},
        ],
    )
    def test_threads_are_touched_when_their_item_has_another_title_state_labels_or_address(
        self, writing: Writing, project_id: ProjectId, change: dict[str, Any]
    ) -> None:
        with writing() as transaction:
            (item,) = put(transaction, project_id, builders.issue()).touched
            threads = put_set(
                transaction, issue_ref(project_id), DependentKind.DISCUSSIONS, *map(builders.discussion, (1, 2))
            )
        with writing() as transaction:
            written = put(transaction, project_id, builders.issue(**change))
        assert set(written.touched) == {item, *threads}

    @pytest.mark.requirement("surgical:C2")
    def test_threads_are_left_alone_by_other_changes(self, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            (item,) = put(transaction, project_id, builders.issue()).touched
            put_set(transaction, issue_ref(project_id), DependentKind.DISCUSSIONS, builders.discussion(1))
        with writing() as transaction:
            written = put(transaction, project_id, builders.issue(description="Other", updated_at=builders.NOON))
        assert written.touched == (item,)


class MoveContract(OpenedStore):
    @pytest.mark.requirement("sync:rule-11")
    def test_a_project_that_moves_takes_its_items_and_their_threads_with_it(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        former, present = f"{builders.BASE_URL}/{builders.PROJECT_PATH}", f"{builders.BASE_URL}/new/place"
        elsewhere = f"{former}-of-others/-/issues/2"
        with writing() as transaction:
            other = register(transaction, 78, "group/other")
            put(transaction, other, builders.issue())
            put(transaction, project_id, builders.issue(2, web_url=elsewhere))
            keys = {*put(transaction, project_id, builders.issue()).touched}
            keys |= {*put(transaction, project_id, builders.merge_request()).touched}
            keys |= {*put_set(transaction, issue_ref(project_id), DependentKind.DISCUSSIONS, builders.discussion(1))}
        with writing() as transaction:
            assert {*transaction.entities.move(project_id, former, present)} == keys
        assert stored_entity(store, issue_ref(project_id)).web_url == f"{present}/-/issues/1"
        assert stored_entity(store, merge_request_ref(project_id)).web_url == f"{present}/-/merge_requests/1"
        assert stored_entity(store, issue_ref(project_id, 2)).web_url == elsewhere
        assert stored_entity(store, issue_ref(other)).web_url == builders.issue().web_url


class BurialContract(OpenedStore):
    @pytest.fixture
    def buried(self, writing: Writing, project_id: ProjectId) -> set[SourceKey]:
        """An issue with two threads, buried; the keys that its burial returned."""
        ref = issue_ref(project_id)
        with writing() as transaction:
            put(transaction, project_id, builders.issue())
            put_set(transaction, ref, DependentKind.DISCUSSIONS, builders.discussion(1), builders.discussion(2))
            transaction.dependents.settle(ref, DependentKind.DISCUSSIONS, watermark=builders.NOON + builders.HOUR)
        with writing() as transaction:
            return set(transaction.entities.bury(ref, deleted_at=builders.NOON + 9))

    def test_an_item_is_buried_with_its_threads(
        self, store: ContentStore, project_id: ProjectId, buried: set[SourceKey]
    ) -> None:
        with store.reading() as view:
            stored = view.entities.get(issue_ref(project_id))
            assert stored is not None
            assert stored.deleted_at == builders.NOON + 9
            assert len(buried) == 3
            assert stored.source in buried
            assert view.documents.sources(list(buried)) == {}
            assert view.dependents.discussion_ids(issue_ref(project_id)) == frozenset()

    def test_burying_again_changes_nothing(
        self, store: ContentStore, writing: Writing, project_id: ProjectId, buried: set[SourceKey]
    ) -> None:
        assert buried
        with writing() as transaction:
            assert transaction.entities.bury(issue_ref(project_id), deleted_at=builders.NOON + 99) == ()
        with store.reading() as view:
            stored = view.entities.get(issue_ref(project_id))
        assert stored is not None
        assert stored.deleted_at == builders.NOON + 9

    def test_what_was_never_there_cannot_be_buried(self, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            assert transaction.entities.bury(issue_ref(project_id), deleted_at=1) == ()

    def test_a_buried_item_that_comes_back_lives_and_wants_everything_again(
        self, store: ContentStore, writing: Writing, project_id: ProjectId, buried: set[SourceKey]
    ) -> None:
        with writing() as transaction:
            written = put(transaction, project_id, builders.issue())
        assert written.change is Change.UPDATED
        assert written.touched[0] in buried
        with store.reading() as view:
            stored = view.entities.get(issue_ref(project_id))
            state = view.dependents.state(issue_ref(project_id), DependentKind.DISCUSSIONS)
        assert stored is not None
        assert stored.deleted_at is None
        assert state.watermark is None

    def test_the_threads_of_an_item_that_comes_back_are_touched_when_they_come(
        self, store: ContentStore, writing: Writing, project_id: ProjectId, buried: set[SourceKey]
    ) -> None:
        assert buried
        with writing() as transaction:
            put(transaction, project_id, builders.issue())
            touched = put_set(
                transaction, issue_ref(project_id), DependentKind.DISCUSSIONS, *map(builders.discussion, (1, 2))
            )
        with store.reading() as view:
            assert view.documents.sources(touched).keys() == set(touched)
            assert len(touched) == 2
