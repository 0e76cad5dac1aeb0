"""What people do on items."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that somebody did on an item. Only what is `spoken` hands over the turn; system notes do not."""

    username: str
    at: int
    body: str = ""
    spoken: bool = True
