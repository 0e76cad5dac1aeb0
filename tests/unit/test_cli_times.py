"""Times as people type and read them."""

import pytest

from domain.errors import UsageError
from entrypoints.cli.times import ago, read_moment, read_span_ms, span

NOON = 1_767_268_800_000
"""2026-01-01 12:00:00 UTC."""
DAY = 86_400_000


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7d", NOON - 7 * DAY),
        ("2w", NOON - 14 * DAY),
        ("1m", NOON - 30 * DAY),
        ("1y", NOON - 365 * DAY),
        ("12h", NOON - DAY // 2),
        ("now", NOON),
        ("today", NOON - DAY // 2),
        ("yesterday", NOON - DAY // 2 - DAY),
        ("2026-01-01", NOON - DAY // 2),
        ("2026-01-01T12:00:00Z", NOON),
        ("2026-01-01T13:00:00+01:00", NOON),
        (" 2026-01-01T12:00:00 ", NOON),
    ],
)
def test_moments(typed: str, meant: int) -> None:
    assert read_moment(typed, now=NOON, option="--since") == meant


@pytest.mark.parametrize(
    "typed", ["", "soon", "7", "d", "-7d", "2026-13-01", "1969-01-01", "9999-12-31", "\uff17d", "7d7d"]
)
def test_what_is_no_moment_is_told_with_what_would_be(typed: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_moment(typed, now=NOON, option="--since")
    assert "2w" in raised.value.suggestion
    assert raised.value.details["option"] == "--since"


@pytest.mark.parametrize(("typed", "meant"), [("15m", 900_000), ("2h", 7_200_000), ("90s", 90_000), ("1d", DAY)])
def test_lengths(typed: str, meant: int) -> None:
    assert read_span_ms(typed, option="--require-fresh") == meant


def test_what_is_no_length_is_told() -> None:
    with pytest.raises(UsageError, match="--require-fresh"):
        read_span_ms("tomorrow", option="--require-fresh")


@pytest.mark.parametrize(
    ("before_now_ms", "shown"),
    [
        (0, "just now"),
        (44_000, "just now"),
        (60_000, "1 minute ago"),
        (3 * 3_600_000, "3 hours ago"),
        (DAY, "1 day ago"),
        (15 * DAY, "2 weeks ago"),
        (60 * DAY, "2 months ago"),
        (800 * DAY, "2 years ago"),
        (-2 * DAY, "in 2 days"),
    ],
)
def test_how_long_ago(before_now_ms: int, shown: str) -> None:
    assert ago(NOON - before_now_ms, NOON) == shown


def test_no_time_is_no_words() -> None:
    assert ago(None, NOON) == ""


def test_short_lengths_are_seconds() -> None:
    assert (span(3.9), span(-1)) == ("3 s", "0 s")
