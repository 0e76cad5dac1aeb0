"""Which of two answers is newer, when an answer may be trusted to be final, and how old the mirror is.

All times are milliseconds UTC. "Server time" is GitLab's own clock, read from its `Date` headers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SETTLED_AFTER_MS = 120_000
"""GitLab's `touch` does nothing within 60 s of the last bump; twice that also covers replica lag and 1 s headers."""

CURSOR_OVERLAP_MS = 120_000
"""Nothing younger than this at the time of a list's answer counts as seen: it may still change without a trace."""

FRESH_FOR_MS = 24 * 60 * 60 * 1000
"""A mirror is called fresh for a day after its last complete sync, unless the reader asks for less."""


def is_stale_write(
    *, local_updated_at: int, local_last_seen_at: int, payload_updated_at: int, request_started_at: int
) -> bool:
    """Whether writing this payload over the stored row would lead back in time (C13).

    `local_last_seen_at` and `request_started_at` are the starts of two requests, read from one clock: at equal
    `updated_at` the later request knows more, because GitLab changes items without moving `updated_at`.
    """
    if local_updated_at != payload_updated_at:
        return local_updated_at > payload_updated_at
    return local_last_seen_at > request_started_at


def is_settled(*, updated_at: int, fetch_started_at: int) -> bool:
    """Whether a fetch begun at server time `fetch_started_at` saw all that this `updated_at` can stand for (rule 3)."""
    return fetch_started_at >= updated_at + SETTLED_AFTER_MS


def cursor_after_page(*, last_updated_at: int, page_date: int) -> int:
    """Where the next list begins after a page whose answer had the server's `Date` `page_date` (rule 2)."""
    return min(last_updated_at, page_date - CURSOR_OVERLAP_MS)


class FreshnessState(StrEnum):
    """How much an answer from the store can be relied on to be what GitLab would say now."""

    FRESH = "fresh"
    STALE = "stale"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """The age of the data behind one answer; without a complete sync there is neither time nor age."""

    state: FreshnessState
    synced_at: int | None
    age_ms: int | None


def mirror_freshness(synced_at: Iterable[int | None], *, now: int, fresh_for_ms: int = FRESH_FOR_MS) -> Freshness:
    """The freshness of an answer drawn from several projects: that of the one whose last complete sync is oldest.

    A time in the future, from a clock that was put back, counts as now.
    """
    known = tuple(synced_at)
    times = [at for at in known if at is not None]
    if len(times) < len(known) or not times:
        return Freshness(state=FreshnessState.NEVER, synced_at=None, age_ms=None)
    oldest = min(times)
    age_ms = max(now - oldest, 0)
    state = FreshnessState.FRESH if age_ms <= fresh_for_ms else FreshnessState.STALE
    return Freshness(state=state, synced_at=oldest, age_ms=age_ms)
