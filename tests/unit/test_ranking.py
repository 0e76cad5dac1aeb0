"""Words and meaning make one ranking."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.query import QueryKind
from domain.ranking import MEANING_ONLY, WEIGHTS, Candidate, Scale, Scales, Weights, ranked_items, scale_of

SCALES = Scales(text=Scale(low=0, high=10), chunk=Scale(low=0.2, high=0.8), title=Scale(low=0.2, high=0.8))
SCORES = st.one_of(st.none(), st.floats(0, 10))
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        document_id=st.integers(1, 50),
        item=st.tuples(st.just("issue"), st.integers(1, 9)),
        text=SCORES,
        chunk=st.one_of(st.none(), st.floats(-1, 1)),
        title=st.one_of(st.none(), st.floats(-1, 1)),
    ),
    max_size=30,
)


def candidate(number: int, item: int | None = None, **scores: float | None) -> Candidate:
    known: dict[str, float | None] = {"text": None, "chunk": None, "title": None}
    return Candidate(document_id=number, item=("issue", item or number), **(known | scores))  # type: ignore[arg-type]


def order(*candidates: Candidate, weights: Weights = WEIGHTS[QueryKind.KEYWORDS]) -> list[int]:
    return [one.documents[0].item[1] for one in ranked_items(candidates, weights, SCALES)]


def test_what_both_sides_know_comes_before_what_one_knows() -> None:
    both, words, meaning = candidate(1, text=9, chunk=0.7), candidate(2, text=10), candidate(3, chunk=0.8, title=0.8)
    assert order(meaning, words, both) == [1, 2, 3]


@pytest.mark.requirement("search:weights-by-query")
def test_a_question_trusts_the_meaning_more_than_a_literal_does() -> None:
    words, meaning = candidate(1, text=4), candidate(2, chunk=0.8, title=0.8)
    assert order(words, meaning, weights=WEIGHTS[QueryKind.QUESTION]) == [2, 1]
    assert order(words, meaning, weights=WEIGHTS[QueryKind.IDENTIFIER]) == [1, 2]


def test_by_meaning_alone_words_count_nothing() -> None:
    assert order(candidate(1, text=10, chunk=0.3), candidate(2, chunk=0.5), weights=MEANING_ONLY) == [2, 1]


def test_an_item_counts_by_the_best_of_its_documents_and_shows_that_first() -> None:
    (item,) = ranked_items(
        [candidate(1, 7, text=2, title=0.5), candidate(2, 7, text=8, chunk=0.8), candidate(3, 7)],
        WEIGHTS[QueryKind.KEYWORDS],
        SCALES,
    )
    assert [one.document_id for one in item.documents] == [2, 1, 3]
    assert (item.text.score, item.chunk.score, item.title.score) == (8, 0.8, 0.5)
    assert item.score == pytest.approx(0.7 * 0.8 + 0.15 * 1 + 0.15 * 0.5)


def test_each_side_tells_its_own_rank() -> None:
    first, second = ranked_items(
        [candidate(1, text=9), candidate(2, text=5, chunk=0.6)], WEIGHTS[QueryKind.KEYWORDS], SCALES
    )
    assert (first.text.rank, first.chunk.rank, second.text.rank, second.chunk.rank) == (1, None, 2, 1)


def test_a_scale_goes_from_the_end_of_the_pool_to_the_best() -> None:
    scale = scale_of([0.9, 0.7, 0.5, 0.1], pool=3)
    assert [scale.share(value) for value in (0.9, 0.7, 0.5, 0.1, None)] == [1, pytest.approx(0.5), 0, 0, 0]
    assert scale_of([], pool=3).share(None) == 0


def test_where_all_are_equally_near_all_have_full_marks() -> None:
    assert scale_of([0.5, 0.5], pool=3).share(0.5) == 1


@given(CANDIDATES)
@settings(max_examples=100, deadline=None)
def test_every_item_comes_once_and_scores_fall_from_1_to_0(candidates: list[Candidate]) -> None:
    ranked = ranked_items(candidates, WEIGHTS[QueryKind.KEYWORDS], SCALES)
    assert sorted(one.documents[0].item for one in ranked) == sorted({one.item for one in candidates})
    scores = [one.score for one in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 + 1e-9 for score in scores)
