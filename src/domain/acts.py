"""What people do on items."""

from dataclasses import dataclass

REVIEW_REQUEST = "requested review from "
"""How the system note begins that asks people for a review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that somebody did on an item. Only what is `spoken` hands over the turn; system notes do not."""

    username: str
    at: int
    body: str = ""
    spoken: bool = True


def in_order(act: Act) -> tuple[int, str, str, bool]:
    """The oldest first; what was done at the same moment by name."""
    return act.at, act.username, act.body, act.spoken
