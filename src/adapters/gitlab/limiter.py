"""Politeness: how fast requests may go out, learned from the server's headers (sync.md rule 9)."""

import threading
from dataclasses import dataclass

from adapters.gitlab.budgets import BudgetState, SharedBudget
from adapters.gitlab.response_headers import Headers, date_ms
from application.ports.clock import Clock
from domain.errors import GitLabRateLimited

GITLAB_COM_PER_S = 2_000 / 60
"""Its limit for a signed-in user, of which bulk work takes 30 a second until the headers say more (FACTS.md, c)."""

_LEFT_BY_BULK = 0.1
_BURST_SHARE = 0.05
"""So much of a window's budget may go out at once; the rest comes evenly, so that small jobs need not wait."""
_HEAD_START = 2.0
"""So many slots before its time an urgent request may go; bulk work that waits for its own time comes after it."""
_LONGEST_WAIT_MS = 180_000
_IMPLAUSIBLE_US = 2 * 3600 * 1_000_000
"""No window is so long: the clock was put back."""
_IN_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What the server told of its current window, in server time."""

    reset_ms: int
    remaining: int
    total: int
    limit_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Slots a second, and how many of them may be taken at once."""

    per_s: float
    burst: float = 0

    @property
    def interval_us(self) -> float:
        return _IN_MICROSECONDS / self.per_s


class Pacer:
    """Shared by all threads that talk to one instance.

    Bulk work leaves a tenth of the budget; `urgent` work may use all of it, and goes before bulk work that waits.
    Without a ceiling, a start rate and headers there is no limit.
    """

    def __init__(
        self,
        clock: Clock,
        budget: SharedBudget,
        *,
        ceiling_per_s: float | None = None,
        start_per_s: float | None = None,
        urgent: bool = False,
    ) -> None:
        self._clock = clock
        self._budget = budget
        self._ceiling_per_s = ceiling_per_s
        self._start_per_s = start_per_s
        self._share = 1.0 if urgent else 1.0 - _LEFT_BY_BULK
        self._head_start = _HEAD_START if urgent else 0.0
        self._turn = threading.Lock()
        self._window: Window | None = None
        self._server_ahead_ms = 0
        self._closed_until_ms = 0

    def acquire(self) -> int:
        """Wait until a request may go out; returns the milliseconds waited.

        Raises `GitLabRateLimited` instead of a wait of more than three minutes.
        """
        if self._is_unlimited and self._wait_ms() <= 0:
            return 0
        began = self._clock.monotonic_ms()
        with self._turn:
            while (wait := self._wait_ms()) > 0:
                if wait > _LONGEST_WAIT_MS:
                    raise _spent(wait)
                self._clock.sleep(wait)
        return self._clock.monotonic_ms() - began

    def learn(self, headers: Headers) -> None:
        """Take in what an answer says of the budget. Answers of one window may come out of order."""
        now = date_ms(headers)
        try:
            limit = int(headers["ratelimit-limit"])
            remaining = int(headers["ratelimit-remaining"])
            reset_ms = int(headers["ratelimit-reset"]) * 1000
            observed = int(headers.get("ratelimit-observed", "0"))
        except (KeyError, ValueError):
            return
        if now is None or limit <= 0 or reset_ms <= now:
            return
        known = self._window
        if known is not None and known.reset_ms == reset_ms:
            remaining = min(remaining, known.remaining)
        if known is None or reset_ms >= known.reset_ms:
            self._server_ahead_ms = now - self._clock.now_ms()
            total = max(observed + remaining, limit)
            self._window = Window(reset_ms=reset_ms, remaining=remaining, total=total, limit_per_s=limit / 60)

    def close_for(self, milliseconds: int) -> None:
        """Nobody sends anything for so long: the server asked for it."""
        until = self._clock.now_ms() + milliseconds
        self._closed_until_ms = max(self._closed_until_ms, until)
        self._budget.change(lambda state: (_closed(state, until), None))

    @property
    def _is_unlimited(self) -> bool:
        return self._window is None and self._start_per_s is None and self._ceiling_per_s is None

    def _wait_ms(self) -> int:
        now_ms = self._clock.now_ms()
        pace = self._pace(now_ms)
        if pace is None:
            return self._closed_until_ms - now_ms
        return self._budget.change(lambda state: self._take(state, pace, now_ms))

    def _take(self, state: BudgetState, pace: Pace, now_ms: int) -> tuple[BudgetState, int]:
        """Take a slot and wait 0, or take none and wait."""
        now_us = now_ms * 1000
        closed_for = state.closed_until_ms - now_ms
        if 0 < closed_for <= _LONGEST_WAIT_MS:
            return state, closed_for
        ahead_us = max(state.next_slot_us - now_us, 0)
        if ahead_us > _IMPLAUSIBLE_US:
            ahead_us = 0
        early_us = (pace.burst + self._head_start) * pace.interval_us
        if ahead_us > early_us:
            return state, max(-(-round(ahead_us - early_us) // 1000), 1)
        following = now_us + ahead_us + round(pace.interval_us)
        return BudgetState(next_slot_us=following, closed_until_ms=state.closed_until_ms), 0

    def _pace(self, now_ms: int) -> Pace | None:
        """The slowest of what is known. Under a ceiling nothing goes out in bursts."""
        learned = self._learned(now_ms + self._server_ahead_ms)
        paces = [learned] if learned else []
        if learned is None and self._start_per_s is not None:
            paces.append(Pace(per_s=self._start_per_s * self._share, burst=self._start_per_s))
        if self._ceiling_per_s is not None:
            paces.append(Pace(per_s=self._ceiling_per_s * self._share))
        slowest = min(paces, key=lambda pace: pace.per_s, default=None)
        if slowest is None or self._ceiling_per_s is None:
            return slowest
        return Pace(per_s=slowest.per_s)

    def _learned(self, server_now_ms: int) -> Pace | None:
        """What is left of the window, spread evenly over what is left of its time."""
        window = self._window
        if window is None:
            return None
        left_s = (window.reset_ms - server_now_ms) / 1000
        if left_s <= 0:
            return Pace(per_s=window.limit_per_s * self._share)
        usable = window.remaining - window.total * (1 - self._share)
        if usable < 1:
            return Pace(per_s=1 / (left_s + 1))
        return Pace(per_s=usable / left_s, burst=min(window.total * _BURST_SHARE, usable / 4))


def _closed(state: BudgetState, until_ms: int) -> BudgetState:
    return BudgetState(next_slot_us=state.next_slot_us, closed_until_ms=max(state.closed_until_ms, until_ms))


def _spent(wait_ms: int) -> GitLabRateLimited:
    seconds = -(-wait_ms // 1000)
    return GitLabRateLimited(
        f"The request budget of this GitLab is spent for the next {seconds} s.",
        suggestion="Try again after that time; what was synced is kept.",
        details={"retry_after_s": seconds},
    )
