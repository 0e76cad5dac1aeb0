"""Times as people say them, and as they type them."""

import re
from datetime import UTC, datetime, timedelta

from domain.errors import UsageError

_UNITS = (
    (365 * 86_400, "year"),
    (30 * 86_400, "month"),
    (7 * 86_400, "week"),
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
)
_JUST_NOW_S = 45
_SPAN = re.compile(r"([0-9]{1,5})\s*([smhdwy]|min|mo)", re.ASCII)
_SECONDS = {
    "s": 1,
    "min": 60,
    "h": 3_600,
    "d": 86_400,
    "w": 7 * 86_400,
    "m": 30 * 86_400,
    "mo": 30 * 86_400,
    "y": 365 * 86_400,
}
_FIRST_YEAR, _LAST_YEAR = 1970, 9999
"""What the store's milliseconds and their ISO form can both say."""


def ago(at: int | None, now: int) -> str:
    """`3 hours ago`, `in 2 days`, `just now`; nothing for None."""
    if at is None:
        return ""
    seconds = (now - at) / 1000
    if abs(seconds) < _JUST_NOW_S:
        return "just now"
    words = span(abs(seconds))
    return f"{words} ago" if seconds > 0 else f"in {words}"


def span(seconds: float) -> str:
    """A length of time in its largest unit, rounded down."""
    seconds = max(seconds, 0)
    for size, name in _UNITS:
        count = int(seconds // size)
        if count:
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return f"{int(seconds)} s"


def read_moment(text: str, *, now: int, option: str) -> int:
    """Milliseconds UTC of what was typed: `7d`, `2w`, `1m`, `1y` before now, a date, or an ISO time.

    A date begins at midnight UTC, and a time without an offset is UTC.
    """
    typed = text.strip()
    if _SPAN.fullmatch(typed):
        return now - read_span_ms(typed, option=option, month=True)
    if typed in {"today", "yesterday", "now"}:
        return _word(typed, now)
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise _unreadable(text, option) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not _FIRST_YEAR <= moment.year < _LAST_YEAR:
        raise _unreadable(text, option)
    return round(moment.timestamp() * 1000)


def read_span_ms(text: str, *, option: str, month: bool = False) -> int:
    """Milliseconds of `15m`, `2h`, `7d`, `2w`: `m` is minutes, or months where days are the scale."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"{option} takes a length of time such as 15m, 2h or 7d, and not {text!r}.",
            details={"option": option, "value": text},
        )
    count, unit = int(match[1]), match[2]
    seconds = 60 if unit == "m" and not month else _SECONDS[unit]
    return count * seconds * 1000


def _word(word: str, now: int) -> int:
    if word == "now":
        return now
    midnight = datetime.fromtimestamp(now / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return round((midnight - timedelta(days=word == "yesterday")).timestamp() * 1000)


def _unreadable(text: str, option: str) -> UsageError:
    return UsageError(
        f"{option} does not understand {text!r}.",
        suggestion="It takes 7d, 2w, 1m or 1y before now, a date such as 2026-01-31, or a time such as "
        "2026-01-31T12:00:00Z.",
        details={"option": option, "value": text},
    )
