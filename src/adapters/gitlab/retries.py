"""How often and after which wait a failed request is tried again."""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.gitlab.failures import Hope, Setback

Jitter = Callable[[], float]
"""A number from 0 up to 1, each time another."""

_TRIES = {Hope.RATE_LIMIT: 6, Hope.SERVER: 5, Hope.NETWORK: 4, Hope.CONTENT: 3}
_FIRST_WAIT_MS = {Hope.RATE_LIMIT: 2_000, Hope.SERVER: 500, Hope.NETWORK: 500, Hope.CONTENT: 250}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """What one request may cost in all, over its tries."""

    waits_ms: int = 180_000
    """The sum of the waits between the tries."""
    elapsed_ms: int = 300_000
    """After this long no further try begins."""


class Effort:
    """The tries of one request."""

    def __init__(self, patience: Patience, jitter: Jitter, began_ms: int) -> None:
        self._patience = patience
        self._jitter = jitter
        self._began_ms = began_ms
        self._failures: dict[Hope, int] = {}
        self._waited_ms = 0

    def wait_after(self, setback: Setback, now_ms: int) -> int:
        """Milliseconds until the next try. Raises the setback's error where patience is at its end."""
        failures = self._failures[setback.hope] = self._failures.get(setback.hope, 0) + 1
        wait = self._wait(setback, failures)
        too_long = self._waited_ms + wait > self._patience.waits_ms
        too_late = now_ms - self._began_ms + wait > self._patience.elapsed_ms
        if failures >= _TRIES[setback.hope] or too_long or too_late:
            raise setback.error from setback.__cause__
        self._waited_ms += wait
        return wait

    def _wait(self, setback: Setback, failures: int) -> int:
        """What the server asks for and never less; without a word of it twice the last, half of it by chance."""
        backoff = _FIRST_WAIT_MS[setback.hope] * (1 << (failures - 1))
        jittered = round(backoff * (0.5 + self._jitter() / 2))
        return jittered if setback.retry_after_ms is None else max(setback.retry_after_ms, jittered // 4)
