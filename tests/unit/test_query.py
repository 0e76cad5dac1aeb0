"""Any query string becomes expressions that SQLite's full-text index can run, and finds what it should."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.query import MAX_PROSE_TERMS, MAX_TERMS, QueryKind, kind_of, plan_query
from domain.text_analysis import bigrams, humps, index_text, whole

DOCUMENTS = (
    "The spooler calls retry_queue.flush() when a job times out",
    "PrintJobScheduler raises ERR-4012 on startup",
    "Use --dry-run to see what would be printed",
    "印刷キューが詰まったときの再試行について",
    "The café's printer jams; naïve retry makes it worse",
    "See src/press/feeder.py for the paper feed",
    "parse URLs before the IDs are known",
    "It calls normaliseURLs",
)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='porter unicode61 remove_diacritics 2')")
    connection.executemany("INSERT INTO t VALUES (?)", [(index_text(text),) for text in DOCUMENTS])
    yield connection
    connection.close()


def hits(index: sqlite3.Connection, query: str) -> set[int]:
    for expression in plan_query(query, lambda _term: 1).expressions:
        found = {row[0] - 1 for row in index.execute("SELECT rowid FROM t WHERE t MATCH ?", (expression,))}
        if found:
            return found
    return set()


@pytest.mark.requirement("search:identifiers")
@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("retry_queue", 0),
        ("retryQueue", 0),
        ("retry queue", 0),
        ("retry_queue.flush", 0),
        ("PrintJobScheduler", 1),
        ("scheduler", 1),
        ("ERR-4012", 1),
        ("4012", 1),
        ("--dry-run", 2),
        ("dry run", 2),
        ("src/press/feeder.py", 5),
        ("feeder.py", 5),
        ("feeder", 5),
        ("cafe", 4),
        ("printing", 2),
        ("parseURLs", 6),
        ("parseURL", 6),
        ("parseURLs()", 6),
        ("broken URLs", 6),
        ("normaliseURLs", 7),
        ("normaliseURL", 7),
    ],
)
def test_identifiers_are_found_whole_and_by_their_parts(index: sqlite3.Connection, query: str, document: int) -> None:
    assert document in hits(index, query)


@pytest.mark.requirement("search:cjk")
@pytest.mark.parametrize("query", ["印刷", "キュー", "再試行", "詰まった", "印", "「再試行」について"])
def test_japanese_substrings_are_found(index: sqlite3.Connection, query: str) -> None:
    assert hits(index, query) == {3}


@pytest.mark.parametrize("query", ["詰行", "刷印"])
def test_characters_in_another_order_are_not(index: sqlite3.Connection, query: str) -> None:
    assert hits(index, query) == set()


def test_a_quoted_phrase_is_searched_as_one(index: sqlite3.Connection) -> None:
    assert hits(index, '"job times out"') == {0}
    assert hits(index, '"times job"') == set()


@pytest.mark.requirement("search:safe-queries")
@settings(max_examples=200, deadline=None)
@given(query=st.text(max_size=80) | st.text(alphabet="\"*()^:-+ANDORNT印 {}\\'", max_size=40))
def test_every_string_is_safe(index: sqlite3.Connection, query: str) -> None:
    for expression in plan_query(query, len).expressions:
        index.execute("SELECT count(*) FROM t WHERE t MATCH ?", (expression,)).fetchone()


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=80))
def test_every_text_can_be_indexed(text: str) -> None:
    index_text(text).encode()


def test_an_or_takes_the_rarest_terms_and_no_stop_words() -> None:
    query = "the one two three four five six seven eight nine"
    counts = {f'"{word}"': at for at, word in enumerate(query.split())}
    (rarest,) = plan_query(query, lambda term: counts[term]).expressions
    assert rarest.count(" OR ") == MAX_TERMS - 1
    assert '"nine"' not in rarest
    assert '"the"' not in rarest


def test_common_terms_are_no_reason_to_look_at_an_item() -> None:
    counts = {'"key"': 900, '"rotation"': 40, '"fails"': 100, '"zzz"': 0}
    rare = plan_query("key rotation fails zzz", lambda term: counts[term], common=100).rare
    assert rare == '"rotation" OR "fails"'


@pytest.mark.parametrize(
    ("query", "rare"),
    [
        ("rotation zzz", ""),  # what nothing has cannot be common
        ("key schedule", '"schedule"'),  # the less common of the common ones
        ('"key rotation" fails', ""),  # the quoted words narrow it already
        ("key", ""),
    ],
)
def test_no_terms_are_set_apart_where_all_of_them_or_none_matter(query: str, rare: str) -> None:
    counts = {'"key"': 900, '"schedule"': 800, '"rotation"': 40, '"zzz"': 0}
    assert plan_query(query, lambda term: counts.get(term, 1), common=100).rare == rare


def test_few_words_need_no_counting() -> None:
    def frequency(term: str) -> int:
        raise AssertionError(term)

    assert plan_query("printer jams", frequency).expressions == ('"printer" OR "jams"',)


@pytest.mark.requirement("search:identifiers")
def test_an_identifier_is_tried_whole_then_as_a_phrase_then_by_its_parts() -> None:
    plan = plan_query("retry_queue", lambda _term: 1)
    assert plan.expressions == (
        '"retryqueue"*',
        '("retry queue" OR "retryqueue")',
        '"retryqueue" OR "retry" OR "queue"',
    )
    assert plan.literals == ("retry_queue",)


def test_a_phrase_in_quotes_has_to_be_there() -> None:
    assert plan_query('"paper feed" jams', lambda _term: 1).expressions == (
        '"paper feed" AND ("jams")',
        '"paper feed"',
    )


def test_a_query_of_stop_words_only_still_searches() -> None:
    assert plan_query("to be or not to be", lambda _term: 1).expressions


@pytest.mark.parametrize("query", ["", "   ", "!!! ???", '""', "\0"])
def test_a_query_without_words_is_empty(query: str) -> None:
    assert plan_query(query, lambda _term: 1).is_empty


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("retry_queue", QueryKind.IDENTIFIER),
        ("ERR-4012 startup", QueryKind.IDENTIFIER),
        ("why does the printer jam", QueryKind.QUESTION),
        ("the printer jams?", QueryKind.QUESTION),
        ("printer jam", QueryKind.KEYWORDS),
        (" ".join(["word"] * 11), QueryKind.QUESTION),
        ("Draft->Final", QueryKind.IDENTIFIER),
        ("__deprecated__", QueryKind.IDENTIFIER),
        ("--dry-run", QueryKind.IDENTIFIER),
        ("印刷キュー", QueryKind.IDENTIFIER),
        ("the printer's tray -", QueryKind.KEYWORDS),
        ("parse URLs", QueryKind.KEYWORDS),
        ("parseURLs", QueryKind.IDENTIFIER),
    ],
)
def test_a_query_s_kind_is_told_by_its_form(query: str, kind: QueryKind) -> None:
    assert kind_of(query) is kind


def test_parts_and_wholes() -> None:
    assert humps("HTTPServerError2") == ["http", "server", "error", "2"]
    assert humps("plain") == humps("UPPER") == []
    assert whole("--foo_bar/Baz.c") == "foobarbazc"
    assert bigrams("日本語") == ["日本", "本語"]


def test_prose_is_searched_by_more_of_its_words() -> None:
    query = " ".join(f"word{chr(97 + place)}" for place in range(20))
    (rarest,) = plan_query(query, lambda _term: 1).expressions
    assert rarest.count(" OR ") == MAX_PROSE_TERMS - 1


@pytest.mark.requirement("search:identifiers")
@pytest.mark.parametrize("literal", ["retry_queue", "src/press/feeder.py", "PrintJobScheduler"])
def test_a_literal_is_looked_for_as_it_stands_before_its_parts_are(literal: str) -> None:
    strict, loose, *_ = plan_query(literal, lambda _term: 1).expressions
    assert " OR " not in strict
    assert strict.removesuffix("*") in loose


@pytest.mark.requirement("search:identifiers")
def test_the_plural_of_an_abbreviation_is_searched_as_its_singular_but_stands_as_it_was_typed() -> None:
    plan = plan_query("parseURLs", lambda _term: 1)
    assert plan.expressions[:2] == ('"parseURL"*', '("parseURL" OR "parse url")')
    assert plan.literals == ("parseURLs",)
    assert plan_query("mapIDsToNames", lambda _term: 1).expressions[0] == '"mapIDsToNames"*'
