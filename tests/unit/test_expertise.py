"""The expert score is the sum of its parts, and the parts follow the rules of `who`."""

import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.dates import DAY_MS
from domain.expertise import (
    ContributionKind,
    Expert,
    NoteBy,
    ScorePart,
    ScoreRules,
    TouchingMergeRequest,
    Weight,
    experts,
    is_bot,
)

NOW = 2_000 * DAY_MS
RULES = ScoreRules(
    weights={
        ContributionKind.AUTHORED: Weight(points=25, half_life_days=180),
        ContributionKind.REVIEWED: Weight(points=10, half_life_days=90),
        ContributionKind.ASSIGNED: Weight(points=3, half_life_days=45),
        ContributionKind.DISCUSSED: Weight(points=1, half_life_days=45),
    }
)


def ago(days: float) -> int:
    return NOW - int(days * DAY_MS)


def merged(iid: int = 1, author: str = "ada", *, days: float = 0, **fields: object) -> TouchingMergeRequest:
    known = TouchingMergeRequest(iid=iid, author=author, created_at=ago(days + 1), merged_at=ago(days))
    return replace(known, **fields)  # type: ignore[arg-type]  # the fields of the record, given by name


def scores(*merge_requests: TouchingMergeRequest, rules: ScoreRules = RULES, as_of: int = NOW) -> dict[str, float]:
    return {expert.username: round(expert.score, 6) for expert in experts(merge_requests, rules, as_of=as_of)}


@pytest.mark.requirement("who:decay")
def test_what_an_author_did_is_worth_half_after_a_half_life() -> None:
    assert scores(merged(author="new"), merged(2, "old", days=180)) == {"new": 25.0, "old": 12.5}


@pytest.mark.requirement("who:decay")
def test_each_kind_has_its_own_points_and_half_life() -> None:
    one = merged(
        days=90,
        reviewers=("bob", "carol"),
        path_notes=(NoteBy("bob", ago(90)),),
        further_notes=(NoteBy("dan", ago(45)),),
    )
    assert scores(one) == {
        "ada": round(25 * 2**-0.5, 6),
        "bob": 5.0,
        "carol": 0.75,
        "dan": round(math.log(1.5), 6),
    }


def test_further_notes_saturate() -> None:
    notes = tuple(NoteBy("bob", NOW) for _ in range(100))
    assert scores(merged(further_notes=notes))["bob"] == round(math.log(101), 6)


def test_a_reviewers_second_note_on_the_path_is_a_further_note() -> None:
    one = merged(path_notes=(NoteBy("bob", NOW), NoteBy("bob", NOW)))
    assert scores(one)["bob"] == round(10 + math.log(2), 6)


@pytest.mark.requirement("who:self-review")
def test_an_author_does_not_review_himself() -> None:
    one = merged(reviewers=("ada",), path_notes=(NoteBy("ada", NOW),), further_notes=(NoteBy("ada", NOW),))
    assert scores(one) == {"ada": 25.0}


def test_a_merge_request_closed_unmerged_counts_half() -> None:
    closed = replace(merged(reviewers=("bob",)), merged_at=None, closed_at=NOW)
    assert scores(closed) == {"ada": 12.5, "bob": 1.5}


def test_an_open_merge_request_makes_no_author_but_reviewers() -> None:
    still_open = replace(merged(path_notes=(NoteBy("bob", NOW),)), merged_at=None)
    assert scores(still_open) == {"bob": 10.0}


def test_what_touched_only_the_folder_counts_less() -> None:
    assert scores(merged(nearby=True)) == {"ada": 7.5}


@pytest.mark.requirement("who:bots")
def test_bots_and_configured_names_are_left_out() -> None:
    one = merged(author="renovate-bot", reviewers=("carol", "project_7_bot_1a2b"))
    assert scores(one) == {"carol": 3.0}
    assert scores(one, rules=replace(RULES, excluded=frozenset({"carol"}))) == {}


@pytest.mark.parametrize(
    "name",
    ["project_12_bot", "group_3_bot_abc", "dependabot[bot]", "k8s-ci-robot", "ghost", "DrahtBot", "bot", "x.bot2"],
)
def test_names_of_programs_are_told(name: str) -> None:
    assert is_bot(name)


@pytest.mark.parametrize("name", ["abbot", "robota", "talbot", "botany", "ada", "bottle-rocket", "ghostwriter"])
def test_names_of_people_are_not_taken_for_programs(name: str) -> None:
    assert not is_bot(name)


def test_what_is_older_than_the_window_does_not_count() -> None:
    assert scores(merged(days=731), merged(2, "bob", days=729)).keys() == {"bob"}


@pytest.mark.requirement("who:as-of")
def test_a_past_day_knows_nothing_of_what_came_later() -> None:
    one = merged(
        days=10,
        path_notes=(NoteBy("bob", ago(12)), NoteBy("eve", ago(5))),
        further_notes=(NoteBy("carol", ago(9)),),
    )
    assert scores(one, as_of=ago(11)) == {"bob": round(10 * 2 ** (-1 / 90), 6)}
    assert scores(one, as_of=ago(20)) == {}


@pytest.mark.requirement("who:explain-score")
def test_the_parts_say_what_the_score_is_made_of() -> None:
    (expert,) = experts([merged(7), merged(8, days=180)], RULES, as_of=NOW)
    assert expert == Expert(
        username="ada",
        score=37.5,
        parts=(ScorePart(kind=ContributionKind.AUTHORED, count=2, points=37.5, last_at=NOW, merge_requests=(8, 7)),),
    )
    assert expert.last_at == NOW


@pytest.mark.parametrize(("points", "half_life"), [(-1, 1), (1, 0), (1, -5)])
def test_weights_that_make_no_sense_are_refused(points: float, half_life: float) -> None:
    with pytest.raises(ValueError, match="must"):
        Weight(points=points, half_life_days=half_life)


PEOPLE = st.sampled_from(["ada", "bob", "carol", "some-bot"])
NOTES = st.lists(st.builds(NoteBy, PEOPLE, st.integers(ago(900), NOW)), max_size=4).map(tuple)
TOUCHING = st.builds(
    TouchingMergeRequest,
    iid=st.integers(1, 9),
    author=PEOPLE,
    created_at=st.integers(ago(900), NOW),
    merged_at=st.none() | st.integers(ago(900), NOW),
    closed_at=st.none() | st.integers(ago(900), NOW),
    reviewers=st.lists(PEOPLE, max_size=2).map(tuple),
    path_notes=NOTES,
    further_notes=NOTES,
    nearby=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TOUCHING, max_size=6), st.randoms(use_true_random=False))
def test_the_ranking_is_the_sum_of_its_parts_in_any_order(
    merge_requests: list[TouchingMergeRequest], random: Random
) -> None:
    ranked = experts(merge_requests, ScoreRules(), as_of=NOW)
    shuffled = list(merge_requests)
    random.shuffle(shuffled)
    assert [one.username for one in experts(shuffled, ScoreRules(), as_of=NOW)] == [one.username for one in ranked]
    for expert in ranked:
        assert expert.score == pytest.approx(sum(part.points for part in expert.parts))
        assert expert.score >= 0
        assert expert.username != "some-bot"
