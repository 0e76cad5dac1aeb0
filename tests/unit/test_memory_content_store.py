"""The store in memory: its knobs, its hooks and its pictures."""

from dataclasses import replace

import pytest

from adapters.memory.clock import START, MemoryClock
from adapters.memory.content_store import MemoryContentStore, Step
from adapters.memory.gitlab import MemoryGitLab
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from adapters.memory.pictures import ItemName, JobPicture
from application.ports.content_store import Transaction
from application.ports.locks import SYNC
from contracts import builders
from domain.errors import LockLost, NotFound, StoreError, StoreLocked
from domain.references import FoundReference, Relation
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId, SourceKey, SourceType, dependents_of

KEY = SourceKey(SourceType.ISSUE, 1)
ITEM = EntityRef(ProjectId(1), EntityKind.ISSUE, 1)
NAME = ItemName(instance="work", project=77, kind=EntityKind.ISSUE, iid=1)


@pytest.fixture
def locks() -> MemoryLocks:
    return MemoryLocks(MemoryClock(), MemoryLiveness())


@pytest.fixture
def store(locks: MemoryLocks) -> MemoryContentStore:
    return MemoryContentStore(locks)


def write(locks: MemoryLocks, store: MemoryContentStore, *, at: int = 1) -> None:
    with locks.hold(SYNC, wait_ms=0) as lease, store.writing(lease) as transaction:
        transaction.dirty.mark([KEY], queued_at=at)


def dirty(store: MemoryContentStore) -> dict[SourceKey, int]:
    with store.reading() as view:
        return view.dirty.oldest(10)


def with_an_issue(transaction: Transaction) -> EntityRef:
    project = transaction.projects.register("work", builders.BASE_URL, builders.project(), in_standard_sync=True)
    transaction.entities.put(project.project_id, builders.fetched(builders.issue(1)), [])
    return EntityRef(project.project_id, EntityKind.ISSUE, 1)


def test_what_is_written_is_there_when_the_block_has_ended(locks: MemoryLocks, store: MemoryContentStore) -> None:
    write(locks, store)
    assert dirty(store) == {KEY: 1}
    assert store.committed == 1


def test_nothing_is_there_of_a_block_that_raised(locks: MemoryLocks, store: MemoryContentStore) -> None:
    def write_and_fail() -> None:
        with locks.hold(SYNC, wait_ms=0) as lease, store.writing(lease) as transaction:
            transaction.dirty.mark([KEY], queued_at=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert dirty(store) == {}
    write(locks, store)


def test_a_view_shows_what_was_there_when_it_was_opened(locks: MemoryLocks, store: MemoryContentStore) -> None:
    with store.reading() as view:
        write(locks, store)
        assert view.dirty.count() == 0


def test_nothing_can_be_written_through_a_view(locks: MemoryLocks, store: MemoryContentStore) -> None:
    with store.reading() as view, pytest.raises(TypeError):
        view.dirty.mark([KEY], queued_at=1)
    write(locks, store)
    with store.reading() as view, pytest.raises(TypeError):
        view.dirty.clear(KEY, queued_at=1)


def test_without_the_lock_nothing_is_written(locks: MemoryLocks, store: MemoryContentStore) -> None:
    with locks.hold(SYNC, wait_ms=0) as lease:
        locks.plant(SYNC)
        with pytest.raises(LockLost), store.writing(lease):
            raise AssertionError
    with pytest.raises(LockLost), store.writing(lease):
        raise AssertionError


def test_one_writes_at_a_time(locks: MemoryLocks, store: MemoryContentStore) -> None:
    with locks.hold(SYNC, wait_ms=0) as lease, store.writing(lease), pytest.raises(StoreLocked), store.writing(lease):
        raise AssertionError


def test_a_chosen_transaction_fails_and_leaves_nothing(locks: MemoryLocks, store: MemoryContentStore) -> None:
    store.fail_after(2, StoreError("disk full"))
    write(locks, store, at=1)
    write(locks, store, at=2)
    with pytest.raises(StoreError, match="disk full"):
        write(locks, store, at=3)
    assert dirty(store) == {KEY: 2}
    write(locks, store, at=4)
    assert dirty(store) == {KEY: 4}


@pytest.mark.parametrize(("failing", "kept"), [(Step.BEGIN, False), (Step.COMMIT, False), (Step.END, True)])
def test_a_hook_can_stop_a_run_at_each_step(
    locks: MemoryLocks, store: MemoryContentStore, failing: Step, kept: bool
) -> None:
    def fail(step: Step) -> None:
        if step is failing:
            raise ZeroDivisionError

    store.on_step = fail
    with pytest.raises(ZeroDivisionError):
        write(locks, store)
    assert bool(dirty(store)) is kept
    store.on_step = None
    write(locks, store)


def test_the_steps_come_in_order(locks: MemoryLocks, store: MemoryContentStore) -> None:
    steps: list[Step] = []
    store.on_step = steps.append
    write(locks, store)
    assert steps == [Step.BEGIN, Step.COMMIT, Step.END]


def test_dependents_of_an_unknown_item_are_refused(locks: MemoryLocks, store: MemoryContentStore) -> None:
    answer = builders.answer(DependentKind.DISCUSSIONS)
    with (
        pytest.raises(NotFound),
        locks.hold(SYNC, wait_ms=0) as lease,
        store.writing(lease) as transaction,
    ):
        transaction.dependents.put(ITEM, answer, sweep=None, references=[])


def test_a_store_that_read_everything_looks_like_its_gitlab(locks: MemoryLocks, store: MemoryContentStore) -> None:
    gitlab = MemoryGitLab(MemoryClock())
    project = gitlab.create_project()
    issue = gitlab.create_issue(project, labels=["bug"])
    gitlab.comment(issue, "A word")
    gitlab.create_merge_request(project, diffs=[builders.file_change()], commits=[builders.commit()], closes=[issue])
    with locks.hold(SYNC, wait_ms=0) as lease, store.writing(lease) as transaction:
        stored = transaction.projects.register("work", gitlab.base_url, project.project, in_standard_sync=True)
        for item in project.items.values():
            fetched = gitlab.entity(project.gitlab_id, item.kind, item.iid)
            transaction.entities.put(stored.project_id, fetched, [])
            ref = EntityRef(stored.project_id, item.kind, item.iid)
            for dependent in dependents_of(item.kind):
                answer = gitlab.dependents(project.gitlab_id, item.kind, item.iid, dependent)
                transaction.dependents.put(ref, answer, sweep=None, references=[])
    assert store.dump().content.items == gitlab.dump("work")
    gitlab.comment(issue, "Another word")
    assert store.dump().content.items != gitlab.dump("work")


def test_a_picture_shows_every_queue_and_cursor_by_gitlabs_names(locks: MemoryLocks, store: MemoryContentStore) -> None:
    found = FoundReference(
        kind=EntityKind.ISSUE, project_path="group/app", iid=9, relation=Relation.MENTIONS, position=0
    )
    thread = builders.discussion(1, builders.note(5))
    with locks.hold(SYNC, wait_ms=0) as lease, store.writing(lease) as transaction:
        ref = with_an_issue(transaction)
        touched = transaction.dependents.put(
            ref, builders.answer(DependentKind.DISCUSSIONS, thread), sweep=None, references=[(5, found), (6, found)]
        )
        transaction.dependents.settle(ref, DependentKind.DISCUSSIONS, watermark=START)
        transaction.jobs.queue(ref, [DependentKind.STATE_EVENTS])
        transaction.cursors.move(ref.project_id, EntityKind.ISSUE, 7)
        transaction.dirty.mark(touched, queued_at=3)
        transaction.documents.put(builders.document(), builders.chunks("a passage"))
        transaction.quarantine.add(ref.project_id, builders.rejected(), at=4)
    picture = store.dump()
    assert picture.content.items[NAME].sets[DependentKind.DISCUSSIONS] == (thread,)
    assert picture.content.references == {NAME: ((5, found),)}
    document = picture.content.documents[NAME, None]
    assert (document.fields["title"], document.chunks) == ("Issue 1", builders.chunks("a passage"))
    assert picture.watermarks == {(NAME, DependentKind.DISCUSSIONS): START}
    waiting = JobPicture(attempts=0, last_error=None, next_attempt_at=None, claimed_by=None)
    assert picture.jobs == {(NAME, DependentKind.STATE_EVENTS): waiting}
    assert picture.cursors == {("work", 77, EntityKind.ISSUE): 7}
    assert picture.dirty == {(NAME, thread.gitlab_id): 3}
    assert picture.quarantine == (builders.rejected(),)
    assert picture.projects["work", 77].path == builders.PROJECT_PATH


def test_a_buried_item_is_a_tombstone_in_the_picture(locks: MemoryLocks, store: MemoryContentStore) -> None:
    with locks.hold(SYNC, wait_ms=0) as lease, store.writing(lease) as transaction:
        transaction.entities.bury(with_an_issue(transaction), deleted_at=99)
    assert store.dump().content.items == {}
    assert store.dump().tombstones == {NAME: 99}


def test_former_paths_are_aliases_in_the_picture(locks: MemoryLocks, store: MemoryContentStore) -> None:
    with locks.hold(SYNC, wait_ms=0) as lease, store.writing(lease) as transaction:
        with_an_issue(transaction)
        renamed = replace(builders.project(), path="group/renamed")
        transaction.projects.register("work", builders.BASE_URL, renamed, in_standard_sync=False)
    (project,) = store.dump().projects.values()
    assert (project.path, project.aliases) == ("group/renamed", frozenset({builders.PROJECT_PATH}))
