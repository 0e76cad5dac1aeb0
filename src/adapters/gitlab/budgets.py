"""The state of an instance's request budget, shared by the threads of a process or by all processes on a store."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from filelock import FileLock, Timeout

T = TypeVar("T")

_LOCK_WAIT_S = 2.0
_LOCK_POLL_S = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """By the local clock; both may lie in the past."""

    next_slot_us: int = 0
    """When the next request would be due if all came evenly."""
    closed_until_ms: int = 0
    """Until when the server wants no request at all."""


Step = Callable[[BudgetState], tuple[BudgetState, T]]


class SharedBudget(Protocol):
    """One budget. A step is applied to its state with nobody in between, and says something besides."""

    def change(self, step: Step[T]) -> T: ...


class ThreadsBudget:
    """Shared by the threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = BudgetState()

    def change(self, step: Step[T]) -> T:
        with self._lock:
            self._state, said = step(self._state)
            return said


class FileBudget:
    """Shared by all processes that name the same file.

    Politeness never stops a sync: where the file cannot be used, this process keeps a budget of its own.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._file_lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=_LOCK_WAIT_S, thread_local=False)
        self._own = BudgetState()

    def change(self, step: Step[T]) -> T:
        with self._turn:
            try:
                self._file_lock.acquire(poll_interval=_LOCK_POLL_S)
            except (OSError, Timeout, NotImplementedError):
                self._own, said = step(self._own)
                return said
            try:
                self._own, said = step(self._read())
                with suppress(OSError):
                    self._path.write_text(f"{self._own.next_slot_us} {self._own.closed_until_ms}", encoding="ascii")
                return said
            finally:
                self._file_lock.release()

    def _read(self) -> BudgetState:
        """A file that is missing or spoilt says nothing, so that what this process knows stands."""
        try:
            next_slot, closed_until = self._path.read_text(encoding="ascii").split()
            return BudgetState(next_slot_us=int(next_slot), closed_until_ms=int(closed_until))
        except (OSError, ValueError):
            return self._own
