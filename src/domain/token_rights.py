"""What a token may do, and for how long, as GitLab tells it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

_ENOUGH = frozenset({"read_api", "api"})
_SOON_DAYS = 14


def may_read_everything(scopes: Sequence[str] | None) -> bool:
    """Whether one of the scopes reads the whole API; a server that does not name them gets the benefit of the doubt."""
    return scopes is None or bool(_ENOUGH.intersection(scopes))


def days_left(expires_at: str | None, now_ms: int) -> int | None:
    """Days until a token ends, on the morning (UTC) of its date; None: it does not end, or that is not known."""
    if expires_at is None:
        return None
    try:
        end = date.fromisoformat(expires_at[:10])
    except ValueError:
        return None
    return (end - datetime.fromtimestamp(now_ms / 1000, UTC).date()).days


def ends_soon(days: int | None) -> bool:
    """Whether it is time to renew it."""
    return days is not None and days <= _SOON_DAYS
