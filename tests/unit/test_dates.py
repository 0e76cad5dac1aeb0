"""Times as people type them, and how they are shown."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dates import ago, iso, parse_date, parse_duration, parse_moment
from domain.errors import UsageError

NOW = 1_767_268_800_000  # 2026-01-01 12:00 UTC
DAY = 86_400_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7d", NOW - 7 * DAY),
        ("2w", NOW - 14 * DAY),
        ("1m", NOW - 30 * DAY),
        ("1Y", NOW - 365 * DAY),
        ("999999y", 0),
        ("today", NOW - DAY // 2),
        ("yesterday", NOW - DAY // 2 - DAY),
        ("2026-01-01", NOW - DAY // 2),
        ("2026-01-01T12:00:00Z", NOW),
        ("2026-01-01T15:00:00+03:00", NOW),
        ("2026-01-01T12:00:00", NOW),
    ],
)
def test_a_moment_is_read_as_it_was_meant(text: str, expected: int) -> None:
    assert parse_moment(text, now=NOW) == expected


@pytest.mark.parametrize(
    "text", ["", "soon", "7", "d", "2026-13-01", "-3d", "7 d", "9" * 400, "0001-01-01T00:00+25:00"]
)
def test_nonsense_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_moment(text, now=NOW)
    assert "7d" in raised.value.suggestion


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    with suppress(UsageError):
        assert parse_moment(text, now=NOW) >= 0


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7_200), ("1d", 86_400), ("1w", 604_800)]
)
def test_in_a_duration_m_means_minutes(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds * 1000


def test_a_duration_without_a_unit_is_refused() -> None:
    with pytest.raises(UsageError):
        parse_duration("15")


def test_a_date_is_a_day() -> None:
    assert parse_date(" 2026-02-28 ") == "2026-02-28"
    with pytest.raises(UsageError):
        parse_date("2026-02-30")


@given(st.integers(0, 253_402_300_799_999))
def test_iso_is_read_back_as_it_was(ms: int) -> None:
    assert parse_moment(iso(ms), now=NOW) == ms


def test_iso_survives_moments_outside_the_calendar() -> None:
    assert iso(10**18).startswith("9999-12-31")
    assert iso(-5) == "1970-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (20_000, "just now"),
        (60_000, "1 minute ago"),
        (3 * 3_600_000, "3 hours ago"),
        (8 * DAY, "1 week ago"),
        (40 * DAY, "1 month ago"),
        (800 * DAY, "2 years ago"),
        (-2 * 3_600_000, "in 2 hours"),
    ],
)
def test_ages_are_told_in_the_largest_whole_unit(before: int, words: str) -> None:
    assert ago(NOW - before, now=NOW) == words
