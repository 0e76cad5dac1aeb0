"""Keeping runs apart (sync.md section 5)."""

from contextlib import AbstractContextManager
from typing import Protocol

SYNC = "sync"
"""Content writes: a page, one dependent set, a batch of documents at a time."""
EMBED = "embed"
STANDARD = "standard"
"""Held by one standard sync for its whole life, so that two of them never do the same work side by side."""


class Lease(Protocol):
    """A lock that is held."""

    @property
    def name(self) -> str: ...

    @property
    def owner(self) -> str: ...

    def let_others_in(self) -> bool:
        """Give the lock to whoever waits for it and queue up behind them; False if nobody waited.

        Called between transactions. Waits without limit for its turn, since those who are let in are short.
        """
        ...


class Locks(Protocol):
    """App locks, each a row that says who holds it and since when.

    Re-entrant for nobody; first come, first served; taken over only from an owner that is provably gone (on this
    host: its kernel file lock is free; elsewhere: no heartbeat for `stale_lock_minutes`). Released on every way out.
    """

    def hold(self, name: str, *, wait_ms: int) -> AbstractContextManager[Lease]:
        """Raises `StoreLocked` after the wait, naming the holder, its pid and since when."""
        ...
