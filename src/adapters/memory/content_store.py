"""The store in memory: every transaction works on a copy, which replaces the state when it is kept."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

from adapters.memory.content.picture import Drawing
from adapters.memory.content.tables import Tables
from adapters.memory.content.transaction import MemoryTransaction
from adapters.memory.locks import MemoryLocks
from adapters.memory.pictures import StorePicture
from application.ports.content_store import Transaction
from application.ports.locks import Lease
from domain.document_records import Chunk
from domain.errors import StoreLocked
from domain.refs import SourceKey


class Step(StrEnum):
    """Where a writing transaction stands when the store's hook is called."""

    BEGIN = "begin"
    """Nothing has happened yet."""
    COMMIT = "commit"
    """All is written and nothing is kept yet: an error raised now undoes it."""
    END = "end"
    """All is kept: an error raised now undoes nothing."""


class MemoryContentStore:
    """Port `ContentStore`.

    `on_step` is called at each step of every writing transaction; what it raises is raised there, so that a test can
    stop a run at every step of its way. `committed` counts the transactions that were kept.
    """

    def __init__(self, locks: MemoryLocks) -> None:
        self._locks = locks
        self._tables = Tables()
        self._writing = False
        self._failures: list[tuple[int, BaseException]] = []
        self.committed = 0
        self.on_step: Callable[[Step], object] | None = None

    def fail_after(self, transactions: int, error: BaseException) -> None:
        """Let that many more writing transactions succeed; the one after them raises `error` and is undone."""
        self._failures.append((self.committed + transactions, error))

    @contextmanager
    def writing(self, lease: Lease) -> Iterator[Transaction]:
        self._reach(Step.BEGIN)
        self._locks.check(lease)
        if self._writing:
            raise StoreLocked("Another transaction is writing.")
        tables = self._tables.copy()
        self._writing = True
        try:
            yield MemoryTransaction(tables)
            self._fail_if_told()
            self._reach(Step.COMMIT)
            self._tables = tables
            self.committed += 1
        finally:
            self._writing = False
        self._reach(Step.END)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        yield MemoryTransaction(self._tables.read_only())

    def chunks(self) -> Mapping[SourceKey, tuple[Chunk, ...]]:
        """The chunks of every document."""
        return {key: row.chunks for key, row in self._tables.documents.items()}

    def dump(self) -> StorePicture:
        """What the store holds, comparable with other stores and with a GitLab."""
        return Drawing(self._tables).store()

    def _reach(self, step: Step) -> None:
        if self.on_step is not None:
            self.on_step(step)

    def _fail_if_told(self) -> None:
        for failure in self._failures:
            if failure[0] <= self.committed:
                self._failures.remove(failure)
                raise failure[1]
