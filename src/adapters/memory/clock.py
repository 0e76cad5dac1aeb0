"""A clock that stands still until it is told."""

from collections.abc import Callable

START = 1_767_225_600_000
"""2026-01-01T00:00:00Z, where a new clock stands."""


class MemoryClock:
    """Port `Clock`. A sleep moves the time and takes none.

    `on_sleep` is called after every sleep, with its length. A scheduler of several threads sets `sleeper`, which then
    does the sleeping: it has to move the time itself.
    """

    def __init__(self, now_ms: int = START) -> None:
        self._now_ms = now_ms
        self._monotonic_ms = 0
        self.slept: list[int] = []
        self.on_sleep: Callable[[int], object] | None = None
        self.sleeper: Callable[[int], object] | None = None

    def now_ms(self) -> int:
        return self._now_ms

    def monotonic_ms(self) -> int:
        return self._monotonic_ms

    def sleep(self, milliseconds: int) -> None:
        length = max(milliseconds, 0)
        self.slept.append(length)
        (self.sleeper or self.advance)(length)
        if self.on_sleep is not None:
            self.on_sleep(length)

    def advance(self, milliseconds: int) -> None:
        """Let time pass."""
        self._now_ms += milliseconds
        self._monotonic_ms += milliseconds

    def set(self, now_ms: int) -> None:
        """Put the clock forward or back, as an administrator can; durations do not notice."""
        self._now_ms = now_ms
