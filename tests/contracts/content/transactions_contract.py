"""What a transaction promises as a whole."""

import pytest

from application.ports.content_store import ContentStore
from application.ports.locks import SYNC, Lease, Locks
from contracts import builders
from contracts.content.opened_store import OpenedStore, Writing, issue_ref, put
from domain.errors import LockLost
from domain.refs import EntityKind, ProjectId, SourceKey, SourceType

KEY = SourceKey(SourceType.ISSUE, 1)


class TransactionsContract(OpenedStore):
    def test_what_a_block_wrote_is_there_when_it_has_ended(self, store: ContentStore, writing: Writing) -> None:
        with writing() as transaction:
            transaction.dirty.mark([KEY], queued_at=1)
        with store.reading() as view:
            assert view.dirty.count() == 1

    @pytest.mark.requirement("sync:rule-1")
    def test_nothing_is_there_of_a_block_that_raised(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        def write_and_fail() -> None:
            with writing() as transaction:
                put(transaction, project_id, builders.issue())
                transaction.cursors.move(project_id, EntityKind.ISSUE, 5)
                transaction.dirty.mark([KEY], queued_at=1)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            write_and_fail()
        with store.reading() as view:
            assert view.entities.get(issue_ref(project_id)) is None
            assert view.cursors.get(project_id, EntityKind.ISSUE) is None
            assert view.dirty.count() == 0

    def test_after_a_block_that_raised_the_next_one_writes(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        def create_and_fail() -> None:
            with writing() as transaction:
                put(transaction, project_id, builders.issue(labels=("bug",), milestone=builders.milestone()))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            create_and_fail()
        with writing() as transaction:
            put(transaction, project_id, builders.issue(labels=("bug",), milestone=builders.milestone()))
        with store.reading() as view:
            assert view.entities.get(issue_ref(project_id)) is not None

    def test_a_view_goes_on_showing_one_state(self, store: ContentStore, writing: Writing) -> None:
        with store.reading() as view:
            assert view.dirty.count() == 0
            with writing() as transaction:
                transaction.dirty.mark([KEY], queued_at=1)
            assert view.dirty.count() == 0

    def test_a_block_sees_what_it_wrote(self, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            assert transaction.entities.get(issue_ref(project_id)) is None
            put(transaction, project_id, builders.issue())
            assert transaction.entities.get(issue_ref(project_id)) is not None

    @pytest.mark.requirement("sync:lost-lock-aborts")
    def test_nothing_is_written_without_the_lock(self, store: ContentStore, locks: Locks) -> None:
        with locks.hold(SYNC, wait_ms=0) as let_go:
            pass
        assert_refused(store, let_go)

    @pytest.mark.requirement("sync:lost-lock-aborts")
    def test_nothing_is_written_under_a_lock_that_another_has_taken(self, store: ContentStore, locks: Locks) -> None:
        with locks.hold(SYNC, wait_ms=0) as let_go:
            pass
        with locks.hold(SYNC, wait_ms=0):
            assert_refused(store, let_go)


def assert_refused(store: ContentStore, lease: Lease) -> None:
    with pytest.raises(LockLost), store.writing(lease) as transaction:
        transaction.dirty.mark([KEY], queued_at=1)
    with store.reading() as view:
        assert view.dirty.count() == 0
