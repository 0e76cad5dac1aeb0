"""The SQL store and the one in memory, driven side by side through whatever hypothesis thinks of."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from adapters.memory.clock import MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from adapters.sql.content_store import SqlContentStore
from adapters.sql.database import open_database
from application.ports.content_store import ContentStore, Job, Transaction
from application.ports.locks import SYNC, Lease
from contracts import builders
from contracts.content.opened_store import register
from contracts.sql_rows import undisputed_lease
from domain.document_records import DiscussionSource, ItemSource
from domain.entities import DependentRecord, Note
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId, SourceKey, dependents_of

PROJECT = ProjectId(1)
REFS = [EntityRef(PROJECT, kind, iid) for kind in EntityKind for iid in (1, 2)]
TIMES = st.integers(builders.NOON, builders.NOON + 5)
USERS = st.sampled_from([builders.ALICE, builders.BOB, builders.CAROL])
ITEM_FIELDS = st.fixed_dictionaries(
    {"updated_at": TIMES},
    optional={
        "title": st.sampled_from(["one", "two"]),
        "state": st.sampled_from(["opened", "closed"]),
        "description": st.sampled_from(["a", "b"]),
        "author": USERS,
        "labels": st.lists(st.sampled_from(["bug", "ui"]), unique=True).map(lambda names: tuple(sorted(names))),
        "assignees": st.lists(USERS, unique=True).map(tuple),
        "milestone": st.none() | st.integers(1, 2).map(builders.milestone),
    },
)
NOTES = st.builds(
    builders.note,
    st.integers(1, 4),
    st.sampled_from(["this", "that"]),
    author=USERS,
    system=st.booleans(),
    position=st.none() | st.just(builders.position()),
)
THREADS = st.dictionaries(
    st.integers(1, 3), st.lists(NOTES, min_size=1, max_size=3, unique_by=lambda note: note.gitlab_id), max_size=3
)
SOME_KINDS = st.lists(st.sampled_from(DependentKind), unique=True)


class Sides(RuleBasedStateMachine):
    """Each rule does the same to both stores and compares what they say."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._closing = ExitStack()
        path = Path(self._closing.enter_context(TemporaryDirectory())) / "lore.db"
        shutil.copy(self.template, path)
        engine = self._closing.enter_context(open_database(f"sqlite:///{path}"))
        locks = MemoryLocks(MemoryClock(), MemoryLiveness())
        memory_lease = self._closing.enter_context(locks.hold(SYNC, wait_ms=0))
        self._sides: list[tuple[ContentStore, Lease]] = [
            (SqlContentStore(engine, MemoryClock(0)), undisputed_lease(engine)),
            (MemoryContentStore(locks), memory_lease),
        ]
        self._runs = 0
        self._claimed: list[Job] = []

    def teardown(self) -> None:
        self._closing.close()

    def both(self, act: Callable[[Transaction], Any]) -> Any:
        """What the act gives on both sides, which must be the same."""
        answers = []
        for store, lease in self._sides:
            with store.writing(lease) as transaction:
                answers.append(act(transaction))
        assert answers[0] == answers[1]
        return answers[0]

    @initialize()
    def begin(self) -> None:
        self.both(register)

    @rule(ref=st.sampled_from(REFS), fields=ITEM_FIELDS, at=TIMES)
    def put_item(self, ref: EntityRef, fields: dict[str, Any], at: int) -> None:
        build = builders.issue if ref.kind is EntityKind.ISSUE else builders.merge_request

        def act(transaction: Transaction) -> object:
            written = transaction.entities.put(PROJECT, builders.fetched(build(ref.iid, **fields), requested_at=at), [])
            return written.change, names_of(transaction, written.touched)

        self.both(act)

    @rule(ref=st.sampled_from(REFS), at=TIMES)
    def bury(self, ref: EntityRef, at: int) -> None:
        self.both(lambda transaction: len(transaction.entities.bury(ref, deleted_at=at)))

    @rule(ref=st.sampled_from(REFS), threads=THREADS, at=TIMES, sweep=st.none() | st.sets(st.integers(1, 3)))
    def put_threads(self, ref: EntityRef, threads: dict[int, list[Note]], at: int, sweep: set[int] | None) -> None:
        said = discussions_of(threads)
        swept = None if sweep is None else {builders.sha(number) for number in sweep}
        answer = builders.answer(DependentKind.DISCUSSIONS, *said, requested_at=at)

        def act(transaction: Transaction) -> object:
            if not lives(transaction, ref):
                return None
            touched = transaction.dependents.put(ref, answer, sweep=swept, references=[])
            return names_of(transaction, touched)

        self.both(act)

    @rule(iid=st.integers(1, 2), paths=st.lists(st.sampled_from(["a.py", "b.py"]), unique=True), at=TIMES)
    def put_diffs(self, iid: int, paths: list[str], at: int) -> None:
        ref = EntityRef(PROJECT, EntityKind.MERGE_REQUEST, iid)
        answer = builders.answer(DependentKind.DIFFS, *map(builders.file_change, paths), requested_at=at)
        self.both(
            lambda transaction: (
                names_of(transaction, transaction.dependents.put(ref, answer, sweep=None, references=[]))
                if lives(transaction, ref)
                else None
            )
        )

    @rule(ref=st.sampled_from(REFS), number=st.integers(0, 7), watermark=TIMES)
    def settle(self, ref: EntityRef, number: int, watermark: int) -> None:
        kinds = dependents_of(ref.kind)
        kind = kinds[number % len(kinds)]
        self.both(
            lambda transaction: (
                transaction.dependents.settle(ref, kind, watermark=watermark)
                if wants(transaction, ref, watermark)
                else None
            )
        )

    @rule()
    def forget_watermarks(self) -> None:
        self.both(lambda transaction: transaction.dependents.unsettle_all([PROJECT]))

    @rule(ref=st.sampled_from(REFS), kinds=SOME_KINDS)
    def queue(self, ref: EntityRef, kinds: list[DependentKind]) -> None:
        self.both(lambda transaction: transaction.jobs.queue(ref, [k for k in kinds if k in dependents_of(ref.kind)]))

    @rule()
    def queue_unsettled(self) -> None:
        self.both(lambda transaction: transaction.jobs.queue_unsettled([PROJECT]))

    @rule(kinds=SOME_KINDS, now=TIMES)
    def claim(self, kinds: list[DependentKind], now: int) -> None:
        """All there are: in which order several of one moment are claimed is left open."""

        def act(transaction: Transaction) -> object:
            jobs = transaction.jobs.claim(f"run-{self._runs}", [PROJECT], kinds, now=now, limit=99)
            return sorted(jobs, key=lambda job: (job.ref, job.dependent))

        self._claimed = self.both(act)

    @rule()
    def next_run(self) -> None:
        self.both(lambda transaction: transaction.jobs.release(f"run-{self._runs}"))
        self._runs += 1

    @rule(later=TIMES, how=st.integers(0, 2))
    def work(self, later: int, how: int) -> None:
        acts: list[Callable[[Transaction, Job], None]] = [
            lambda transaction, job: transaction.jobs.complete(job),
            lambda transaction, job: transaction.jobs.keep(job),
            lambda transaction, job: transaction.jobs.fail(job, error="no", next_attempt_at=later),
        ]
        for job in self._claimed:
            self.both(lambda transaction, job=job: acts[how](transaction, job))  # type: ignore[misc]  # bound per job
        self._claimed = []

    @invariant()
    def both_hold_the_same(self) -> None:
        pictures = []
        for store, _ in self._sides:
            with store.reading() as view:
                pictures.append((view.jobs.count([PROJECT]), [picture(view, ref) for ref in REFS]))
        assert pictures[0] == pictures[1]


def discussions_of(threads: dict[int, list[Note]]) -> Iterator[DependentRecord]:
    """A note never moves to another thread."""
    for number, notes in sorted(threads.items()):
        yield builders.discussion(number, *(replace(note, gitlab_id=10 * number + note.gitlab_id) for note in notes))


def lives(transaction: Transaction, ref: EntityRef) -> bool:
    stored = transaction.entities.get(ref)
    return stored is not None and stored.deleted_at is None


def wants(transaction: Transaction, ref: EntityRef, watermark: int) -> bool:
    """Nobody settles a set for a time that its item has not reached."""
    stored = transaction.entities.get(ref)
    return stored is not None and stored.deleted_at is None and watermark <= stored.updated_at


def names_of(transaction: Transaction, keys: tuple[SourceKey, ...]) -> list[str]:
    """Threads by what they say, and by no more than their type once they are gone."""
    sources = transaction.documents.sources(keys)

    def name(key: SourceKey) -> str:
        source = sources.get(key)
        return repr(source.discussion) if isinstance(source, DiscussionSource) else repr(key.source_type)

    return sorted(map(name, keys))


def picture(view: Transaction, ref: EntityRef) -> object:
    stored = view.entities.get(ref)
    if stored is None:
        return None
    source = view.documents.sources([stored.source]).get(stored.source)
    return (
        (stored.updated_at, stored.last_seen_at, stored.deleted_at),
        (source.entity, source.paths) if isinstance(source, ItemSource) else None,
        [view.dependents.state(ref, kind) for kind in dependents_of(ref.kind)],
        view.dependents.discussion_ids(ref),
    )


def test_whatever_is_done_to_both_they_hold_the_same(empty_database: Path) -> None:
    Sides.template = empty_database
    run_state_machine_as_test(
        Sides,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
