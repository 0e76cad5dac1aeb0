"""GitLab's times: microseconds in its database, milliseconds (truncated) on the wire."""

from datetime import UTC, datetime, timedelta

MILLISECOND = 1_000
SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def iso(at_us: int) -> str:
    """`2026-01-31T12:00:00.123Z`; what lies below the millisecond is cut off, not rounded (FACTS.md section 0)."""
    seconds, rest = divmod(at_us, SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // MILLISECOND:03d}Z"


def iso_full(at_us: int) -> str:
    """The same with all six digits, as keyset cursors carry it."""
    seconds, rest = divmod(at_us, SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06d}Z"


def microseconds(text: str) -> int:
    """Raises ValueError for what is no ISO 8601 date or time; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND


def http_date(at_us: int) -> str:
    return f"{datetime.fromtimestamp(at_us // SECOND, UTC):%a, %d %b %Y %H:%M:%S} GMT"
