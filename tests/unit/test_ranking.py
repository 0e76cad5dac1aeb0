"""Words and meaning make one ranking."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.query import QueryKind
from domain.ranking import MEANING_ONLY, WEIGHTS, ItemId, RankedItem, Ranking, Weights, lifted, scores_of

FOUND = st.dictionaries(st.tuples(st.just("issue"), st.integers(1, 9)), st.floats(0, 10), max_size=9)


def items(**scores: float) -> dict[ItemId, float]:
    """`a=2` is item 1 with score 2."""
    return {("issue", ord(name) - ord("a") + 1): score for name, score in scores.items()}


def ranked(
    text: dict[ItemId, float],
    chunk: dict[ItemId, float],
    title: dict[ItemId, float],
    weights: Weights = WEIGHTS[QueryKind.KEYWORDS],
) -> tuple[RankedItem, ...]:
    ranking = Ranking(weights, text=scores_of(text), chunk=scores_of(chunk, pool=100), title=scores_of(title, pool=100))
    return ranking.between(0, len(ranking))


def order(*sides: dict[ItemId, float], weights: Weights = WEIGHTS[QueryKind.KEYWORDS]) -> list[int]:
    text, chunk, title = sides
    return [one.item[1] for one in ranked(text, chunk, title, weights)]


def test_what_both_sides_know_comes_before_what_one_knows() -> None:
    assert order(items(a=9, b=10), items(a=0.7, c=0.8, z=0.1), items(c=0.8, z=0.1))[:3] == [1, 2, 3]


@pytest.mark.requirement("search:weights-by-query")
def test_a_question_trusts_the_meaning_more_than_a_literal_does() -> None:
    words, meaning = items(a=4, z=10), items(b=0.8, y=0.1)
    assert order(words, meaning, meaning, weights=WEIGHTS[QueryKind.QUESTION]).index(2) == 1
    assert order(words, meaning, meaning, weights=WEIGHTS[QueryKind.IDENTIFIER]).index(2) == 2


def test_by_meaning_alone_words_count_nothing() -> None:
    assert order(items(a=10), items(a=0.3, b=0.5, z=0.1), {}, weights=MEANING_ONLY)[:2] == [2, 1]


def test_a_score_is_the_weighed_sum_of_the_shares_and_each_side_tells_its_own() -> None:
    found = ranked(items(a=10, b=5), items(a=0.6, b=0.9, c=0.4), items(b=0.5))
    by_item = {one.item[1]: one for one in found}
    assert by_item[2].score == pytest.approx(0.7 * 0.5 + 0.15 * 1 + 0.15 * 1)
    assert by_item[1].score == pytest.approx(0.7 * 1 + 0.15 * 0.4)
    assert (by_item[2].text.score, by_item[2].text.rank, by_item[2].chunk.rank) == (5, 2, 1)
    assert (by_item[3].text.score, by_item[3].text.rank, by_item[3].title.rank) == (None, None, None)


def test_full_marks_are_the_best_and_nothing_is_the_end_of_the_pool() -> None:
    scores = scores_of(items(a=0.9, b=0.7, c=0.5, d=0.1), pool=3)
    shares = [scores.share(("issue", number)) for number in range(1, 6)]
    assert shares == [1, pytest.approx(0.5), 0, 0, 0]
    assert scores_of({}, pool=3).share(("issue", 1)) == 0


def test_where_all_are_equally_near_all_have_full_marks() -> None:
    assert scores_of(items(a=0.5, b=0.5), pool=3).share(("issue", 2)) == 1


@pytest.mark.requirement("search:identifiers")
def test_what_a_stricter_expression_found_comes_before_all_that_only_a_looser_one_did() -> None:
    merged = lifted([items(a=1), items(a=3, b=2), items(c=9, b=8)])
    assert sorted(merged, key=lambda item: -merged[item]) == [("issue", 1), ("issue", 2), ("issue", 3)]
    assert merged["issue", 3] == 9
    assert lifted([]) == {}


@given(FOUND, FOUND, FOUND)
@settings(max_examples=100, deadline=None)
def test_every_item_comes_once_and_scores_fall_from_1_to_0(
    text: dict[ItemId, float], chunk: dict[ItemId, float], title: dict[ItemId, float]
) -> None:
    found = ranked(text, chunk, title)
    assert sorted(one.item for one in found) == sorted({*text, *chunk, *title})
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 + 1e-9 for score in scores)
