"""What `Cursors`, `DirtySources` and `Quarantine` promise."""

from abc import abstractmethod
from collections.abc import Callable
from typing import TypeAlias

import pytest

from application.ports.content_store import ContentStore
from contracts import builders
from contracts.content.opened_store import OpenedStore, Writing, register
from domain.refs import EntityKind, ProjectId, SourceKey, SourceType

Quarantined: TypeAlias = Callable[[ProjectId], int]

ISSUE, REQUEST = EntityKind.ISSUE, EntityKind.MERGE_REQUEST
A, B, C = SourceKey(SourceType.ISSUE, 1), SourceKey(SourceType.MERGE_REQUEST, 1), SourceKey(SourceType.DISCUSSION, 1)


class CursorsContract(OpenedStore):
    def test_a_list_that_was_never_read_has_no_cursor(self, store: ContentStore, project_id: ProjectId) -> None:
        with store.reading() as view:
            assert view.cursors.get(project_id, ISSUE) is None

    def test_each_list_of_each_project_has_its_own(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            other = register(transaction, 78, "group/other")
            transaction.cursors.move(project_id, ISSUE, 1)
            transaction.cursors.move(project_id, ISSUE, 2)
            transaction.cursors.move(project_id, REQUEST, 3)
        with store.reading() as view:
            assert view.cursors.get(project_id, ISSUE) == 2
            assert view.cursors.get(project_id, REQUEST) == 3
            assert view.cursors.get(other, ISSUE) is None

    @pytest.mark.requirement("sync:rule-15")
    def test_the_cursors_of_chosen_projects_can_be_reset(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            other = register(transaction, 78, "group/other")
            for project in (project_id, other):
                transaction.cursors.move(project, ISSUE, 1)
                transaction.cursors.move(project, REQUEST, 1)
        with writing() as transaction:
            transaction.cursors.reset([project_id])
        with store.reading() as view:
            assert view.cursors.get(project_id, ISSUE) is None
            assert view.cursors.get(project_id, REQUEST) is None
            assert view.cursors.get(other, ISSUE) == 1

    def test_a_finished_project_keeps_what_it_is(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            transaction.cursors.finish(project_id, at=builders.NOON)
        with store.reading() as view:
            found = view.projects.find(builders.INSTANCE, builders.PROJECT_PATH)
        assert found is not None
        assert found.project_id == project_id

    @pytest.mark.requirement("sync:rule-12")
    def test_a_first_reconcile_counts_from_the_first_complete_sync(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with store.reading() as view:
            assert view.cursors.reconciled_at(project_id) is None
        for at in (builders.NOON, builders.NOON + builders.HOUR):
            with writing() as transaction:
                transaction.cursors.finish(project_id, at=at)
        with store.reading() as view:
            assert view.cursors.reconciled_at(project_id) == builders.NOON

    @pytest.mark.requirement("sync:rule-12")
    def test_a_reconcile_is_remembered(self, store: ContentStore, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            transaction.cursors.finish(project_id, at=builders.NOON)
            transaction.cursors.reconcile(project_id, at=builders.NOON + builders.DAY)
        with writing() as transaction:
            register(transaction, 77, builders.PROJECT_PATH)
        with store.reading() as view:
            assert view.cursors.reconciled_at(project_id) == builders.NOON + builders.DAY


class DirtySourcesContract(OpenedStore):
    @pytest.mark.requirement("surgical:C2")
    def test_a_source_is_dirty_once_since_the_latest_time(self, store: ContentStore, writing: Writing) -> None:
        for queued_at in (5, 9, 7):
            with writing() as transaction:
                transaction.dirty.mark([A], queued_at=queued_at)
        with store.reading() as view:
            assert view.dirty.queued_at([A]) == {A: 9}
            assert view.dirty.count() == 1

    def test_asked_for_some_sources_it_tells_those_that_are_dirty(self, store: ContentStore, writing: Writing) -> None:
        with writing() as transaction:
            transaction.dirty.mark([A, C], queued_at=1)
        with store.reading() as view:
            assert view.dirty.queued_at([A, B]) == {A: 1}
            assert view.dirty.queued_at([]) == {}

    def test_the_oldest_come_first(self, store: ContentStore, writing: Writing) -> None:
        with writing() as transaction:
            transaction.dirty.mark([C], queued_at=3)
            transaction.dirty.mark([B], queued_at=1)
            transaction.dirty.mark([A], queued_at=2)
        with store.reading() as view:
            assert list(view.dirty.oldest(2).items()) == [(B, 1), (A, 2)]

    @pytest.mark.requirement("surgical:C2")
    def test_a_source_that_was_marked_anew_is_not_cleared(self, store: ContentStore, writing: Writing) -> None:
        with writing() as transaction:
            transaction.dirty.mark([A, B], queued_at=1)
            transaction.dirty.mark([A], queued_at=2)
        with writing() as transaction:
            assert not transaction.dirty.clear(A, queued_at=1)
            assert transaction.dirty.clear(B, queued_at=1)
            assert not transaction.dirty.clear(C, queued_at=1)
        with store.reading() as view:
            assert view.dirty.oldest(9) == {A: 2}


class QuarantineContract(OpenedStore):
    """A concrete suite gives `quarantined` too: how many records are kept of a project."""

    @pytest.fixture
    @abstractmethod
    def quarantined(self, store: ContentStore) -> Quarantined: ...

    @pytest.mark.requirement("sync:rule-7")
    def test_whatever_cannot_be_read_can_be_put_away(self, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            transaction.quarantine.add(project_id, builders.rejected(), at=1)
            transaction.quarantine.add(project_id, builders.rejected(), at=2)
            transaction.quarantine.add(project_id, builders.rejected("note", None), at=2)
            transaction.quarantine.add(None, builders.rejected("project", None), at=3)

    @pytest.mark.requirement("sync:rule-7")
    def test_what_could_be_read_since_is_forgotten_and_nothing_else(
        self, quarantined: Quarantined, writing: Writing, project_id: ProjectId
    ) -> None:
        nameless = builders.rejected("diffs of merge_request 1", None)
        with writing() as transaction:
            other = register(transaction, 78, "group/other")
            for project in (project_id, other):
                for record in (builders.rejected(), builders.rejected(gitlab_id="7"), nameless):
                    transaction.quarantine.add(project, record, at=1)
        assert (quarantined(project_id), quarantined(other)) == (3, 3)
        with writing() as transaction:
            transaction.quarantine.release(project_id, "issue", "7")
            transaction.quarantine.release(project_id, "merge_request", "10009")
        assert (quarantined(project_id), quarantined(other)) == (2, 3)
        with writing() as transaction:
            transaction.quarantine.release(project_id, nameless.record)
        assert (quarantined(project_id), quarantined(other)) == (1, 3)
        with writing() as transaction:
            transaction.quarantine.release_all([other])
        assert (quarantined(project_id), quarantined(other)) == (1, 0)
