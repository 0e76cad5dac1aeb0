"""What others wrote must not steer a terminal, and must stay readable."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.safe_text import multi_line, single_line

TRICKS = (
    "\x00\x07\x08\x1b\x7f\x85\x9b\r\n\t\u00ad\u061c\u200b\u200c\u200d\u200e\u2028\u2029\u202e\u2066\u2069\ufeff\ud800"
)
PEOPLE = "aé日本語かなعربیनहि👩💻\ufe0f\U0001f3fb\U0001f3f4\U000e0067\U000e007f"
HOSTILE = st.text(st.one_of(st.sampled_from(TRICKS + PEOPLE), st.characters()), max_size=40)
BOTH = pytest.mark.parametrize("harmless", [single_line, multi_line])
Harmless = Callable[[str], str]

READABLE = [
    "plain ASCII with \\backslash and ~tilde",
    "Übergröße, naïve café, e\u0301 with a combining accent",
    "日本語のタイトル、。「」",
    "السلام عليكم",
    "می\u200cخواهم",  # noqa: RUF001 - Persian, which needs the non-joiner
    "क्\u200dष",  # Devanagari needs the joiner
    "שלום",
    "👩\u200d💻 👨\u200d👩\u200d👧\u200d👦 ❤\ufe0f\u200d🔥 👍🏽 👩🏽\u200d🚀",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "∑ → ✔ — “quoted” … €",
]


@BOTH
@pytest.mark.parametrize("text", READABLE)
def test_what_people_write_stays_as_it_is(harmless: Harmless, text: str) -> None:
    assert harmless(text) == text


@BOTH
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("\x1b]8;;http://evil\x1b\\here", "\\x1b]8;;http://evil\\x1b\\here"),
        ("\x9b2J", "\\x9b2J"),
        ("\x90q\x9c", "\\x90q\\x9c"),
        ("back\x08\x08", "back\\x08\\x08"),
        ("nul\x00", "nul\\x00"),
        ("user\u202egnp.exe", "user\\u202egnp.exe"),
        ("\u2066isolate\u2069", "\\u2066isolate\\u2069"),
        ("half \ud83d of a pair", "half \\ud83d of a pair"),
        ("para\u2029graph\u2028\x85\x0b\x0c", "para\\u2029graph\\u2028\\x85\\x0b\\x0c"),
        ("ad\u200bmin", "admin"),
        ("ad\u200dmin\u200c", "admin"),
        ("é\u200dé", "éé"),
        ("so\u00adft \ufeffbom \u200eltr", "soft bom ltr"),
        ("\U000e0068\U000e0069", ""),
        ("👩\u200d\u200d💻", "👩💻"),
        ("👩\u200d", "👩"),
    ],
)
def test_tricks_become_visible_or_vanish(harmless: Harmless, text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_several_lines_keep_line_feeds_and_tabs() -> None:
    assert multi_line("a\r\nb\n\tc") == "a\nb\n\tc"


def test_a_carriage_return_alone_would_overwrite_its_line_and_becomes_visible() -> None:
    assert multi_line("good\rbad") == "good\\x0dbad"


def test_one_line_stays_one_line() -> None:
    assert single_line("a\r\nb\n\tc\rd") == "a b  c d"


def is_obeyed(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(char) in {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    }  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_no_control_survives_in_one_line(text: str) -> None:
    assert not [char for char in single_line(text) if is_obeyed(char)]


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_only_line_feeds_and_tabs_survive_in_several_lines(text: str) -> None:
    assert {char for char in multi_line(text) if is_obeyed(char)} <= {"\n", "\t"}


@BOTH
@settings(max_examples=200, deadline=None)
@given(text=HOSTILE)
def test_a_second_time_changes_nothing(harmless: Harmless, text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)


@BOTH
@settings(max_examples=200, deadline=None)
@given(text=HOSTILE)
def test_the_result_can_always_be_encoded(harmless: Harmless, text: str) -> None:
    assert harmless(text).encode().decode() == harmless(text)


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_joiners_stand_only_between_what_they_join(text: str) -> None:
    shown = single_line(text)
    for at, char in enumerate(shown):
        if char in "\u200c\u200d":
            assert min(shown[at - 1], shown[at + 1]) >= "\u0590"
            assert 0 < at < len(shown) - 1


@pytest.mark.parametrize("text", ["\u200d" * 1_000_000, "👩\u200d" * 300_000, "\U0001f3f4\U000e0067" * 300_000])
def test_a_megabyte_of_tricks_is_read_once(text: str) -> None:
    assert len(multi_line(text)) <= len(text)
