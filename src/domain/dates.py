"""Times as people type them and as both people and programs read them. All are milliseconds UTC inside."""

import re
from datetime import UTC, date, datetime, timedelta

from domain.errors import UsageError

DAY_MS = 86_400_000
_AGO = re.compile(r"(?P<count>\d{1,6})(?P<unit>[dwmy])", re.IGNORECASE)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_DURATION = re.compile(r"(?P<count>\d{1,6})(?P<unit>[smhdw])", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_STEPS = (
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("week", 604_800),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
)


def parse_moment(text: str, *, now: int) -> int:
    """`7d`, `2w`, `1m` (30 days), `1y` ago, `today`, `yesterday`, a date or an ISO time; without a zone it is UTC."""
    written = text.strip()
    if (ago := _AGO.fullmatch(written)) is not None:
        return max(now - int(ago["count"]) * _DAYS[ago["unit"].lower()] * DAY_MS, 0)
    if written.lower() in {"today", "yesterday"}:
        midnight = now - now % DAY_MS
        return midnight if written.lower() == "today" else midnight - DAY_MS
    try:
        return _to_ms(datetime.fromisoformat(written))
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{text!r} is no time that can be understood.",
            suggestion="Give an age such as 7d, 2w, 1m or 1y, a date such as 2026-03-31, or an ISO time.",
        ) from error


def parse_duration(text: str) -> int:
    """`90s`, `15m` (minutes), `2h`, `1d`, `1w` as milliseconds."""
    written = _DURATION.fullmatch(text.strip())
    if written is None:
        raise UsageError(
            f"{text!r} is no duration that can be understood.", suggestion="Give one such as 90s, 15m, 2h, 1d or 1w."
        )
    return int(written["count"]) * _SECONDS[written["unit"].lower()] * 1000


def parse_date(text: str) -> str:
    """A calendar day, as `YYYY-MM-DD`."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise UsageError(f"{text!r} is no date.", suggestion="Give one such as 2026-03-31.") from error


def iso(ms: int) -> str:
    """`2026-01-01T00:00:00.000Z`; a moment outside the calendar is brought to its nearest end."""
    moment = _EPOCH + timedelta(milliseconds=min(max(ms, 0), _LAST_MS))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def day(ms: int) -> str:
    """`2026-01-01`, in UTC."""
    return iso(ms).partition("T")[0]


def ago(ms: int, *, now: int) -> str:
    """`3 days ago`, `just now`, `in 2 hours`: the largest whole unit."""
    seconds = (now - ms) // 1000
    distance = abs(seconds)
    for unit, length in _STEPS:
        if distance >= length:
            count = distance // length
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now"


def _to_ms(moment: datetime) -> int:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max((aware - _EPOCH) // timedelta(milliseconds=1), 0)
