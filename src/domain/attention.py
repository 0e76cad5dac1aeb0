"""What an item asks of me: whose turn it is, by who spoke last (spec/provenance.md, me)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from domain.acts import REVIEW_REQUEST, Act, in_order
from domain.dates import DAY_MS
from domain.expertise import is_bot
from domain.references import mentions

STALE_DAYS = 14


def speaks_to(text: str, username: str) -> bool:
    """Whether the text mentions `@username`, in any case, as a whole name and outside of code."""
    sought = username.casefold()
    return f"@{sought}" in text.casefold() and any(name.casefold() == sought for name in mentions(text))


class AttentionState(StrEnum):
    NEEDS_ATTENTION = "needs_attention"
    """Somebody else spoke last, or asked me for a review."""
    AWAITING_RESPONSE = "awaiting_response"
    """I spoke last."""
    NOT_STARTED = "not_started"
    """Nobody has said anything yet."""
    STALE = "stale"
    """Nothing has happened for 14 days."""
    NOT_READY = "not_ready"
    """A draft."""


class Urgency(IntEnum):
    """The order in which `me` shows the states."""

    NEEDS_ATTENTION = 0
    NOT_STARTED = 1
    AWAITING_RESPONSE = 2
    NOT_READY = 3
    STALE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    state: AttentionState
    last_at: int
    """When anything happened last."""
    last_by: str | None = None
    """Who spoke last."""


def attention(
    acts: Iterable[Act], *, me: str, created_at: int, draft: bool, now: int, stale_days: int = STALE_DAYS
) -> Attention:
    """The state of an open item. What programs do neither hands over the turn nor keeps an item from being stale."""
    people = sorted((act for act in acts if not is_bot(act.username)), key=in_order)
    last_at = max([created_at, *(act.at for act in people)])
    turns = [act for act in people if act.spoken or _asks_review_of(act, me)]
    last_by = turns[-1].username if turns else None
    return Attention(
        state=_state(turns, me, draft=draft, stale=now - last_at > stale_days * DAY_MS),
        last_at=last_at,
        last_by=last_by,
    )


def _state(turns: Sequence[Act], me: str, *, draft: bool, stale: bool) -> AttentionState:
    if draft:
        return AttentionState.NOT_READY
    if stale:
        return AttentionState.STALE
    if not turns:
        return AttentionState.NOT_STARTED
    mine = _same(turns[-1].username, me)
    return AttentionState.AWAITING_RESPONSE if mine else AttentionState.NEEDS_ATTENTION


def _asks_review_of(act: Act, me: str) -> bool:
    return not act.spoken and act.body.startswith(REVIEW_REQUEST) and speaks_to(act.body, me)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def urgency(state: AttentionState) -> Urgency:
    return Urgency[state.name]


def is_new(act: Act, *, me: str, looked_at: int | None) -> bool:
    """Whether somebody else did this since I last looked; at the first look nothing is new, as all of it would be."""
    return looked_at is not None and act.at > looked_at and not _same(act.username, me)
