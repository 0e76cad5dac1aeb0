"""Whose turn it is on an item, and who is spoken to."""

import pytest

from domain.acts import Act
from domain.attention import Attention, AttentionState, Urgency, attention, is_new, speaks_to, urgency
from domain.dates import DAY_MS

NOW = 100 * DAY_MS
ME = "alice"


def said(username: str, *, days: float = 1, body: str = "Hm") -> Act:
    return Act(username=username, at=NOW - int(days * DAY_MS), body=body)


def recorded(body: str, *, days: float = 1, by: str = "bob") -> Act:
    return Act(username=by, at=NOW - int(days * DAY_MS), body=body, spoken=False)


def state(*acts: Act, draft: bool = False, created_days: float = 2) -> AttentionState:
    created_at = NOW - int(created_days * DAY_MS)
    return attention(acts, me=ME, created_at=created_at, draft=draft, now=NOW).state


@pytest.mark.requirement("me:attention")
def test_when_somebody_else_spoke_last_it_is_my_turn() -> None:
    assert state(said(ME, days=2), said("bob")) is AttentionState.NEEDS_ATTENTION


@pytest.mark.requirement("me:attention")
def test_when_i_spoke_last_i_wait() -> None:
    assert state(said("bob", days=2), said("Alice")) is AttentionState.AWAITING_RESPONSE


@pytest.mark.requirement("me:attention")
def test_when_nobody_spoke_yet_nothing_has_started() -> None:
    assert state() is AttentionState.NOT_STARTED
    assert state(recorded("assigned to @alice")) is AttentionState.NOT_STARTED


@pytest.mark.requirement("me:attention")
def test_a_request_for_my_review_is_my_turn_and_one_for_others_is_not() -> None:
    assert state(said(ME, days=2), recorded("requested review from @alice")) is AttentionState.NEEDS_ATTENTION
    assert state(said(ME, days=2), recorded("requested review from @carol")) is AttentionState.AWAITING_RESPONSE
    assert state(recorded("requested review from @bob and @Alice")) is AttentionState.NEEDS_ATTENTION


@pytest.mark.requirement("me:attention")
def test_after_fourteen_days_of_nothing_an_item_is_stale() -> None:
    assert state(said("bob", days=14.5), created_days=30) is AttentionState.STALE
    assert state(said("bob", days=13.5), created_days=30) is AttentionState.NEEDS_ATTENTION
    assert state(said("bob", days=20), recorded("added 1 commit", days=2)) is AttentionState.NEEDS_ATTENTION
    assert state(created_days=15) is AttentionState.STALE


@pytest.mark.requirement("me:attention")
def test_a_draft_is_not_ready_whatever_was_said() -> None:
    assert state(said("bob"), draft=True) is AttentionState.NOT_READY


def test_bots_neither_hand_over_the_turn_nor_keep_an_item_alive() -> None:
    assert state(said(ME, days=2), said("ci-bot")) is AttentionState.AWAITING_RESPONSE
    assert state(said("bob", days=20), said("ci-bot"), created_days=30) is AttentionState.STALE


def test_the_order_of_the_store_does_not_matter() -> None:
    acts = [said("bob", days=3), said(ME, days=1), recorded("changed the description", days=0.5)]
    expected = Attention(state=AttentionState.AWAITING_RESPONSE, last_at=NOW - DAY_MS // 2, last_by=ME)
    for ordered in (acts, acts[::-1]):
        assert attention(ordered, me=ME, created_at=0, draft=False, now=NOW) == expected


def test_every_state_has_its_urgency() -> None:
    assert min(AttentionState, key=urgency) is AttentionState.NEEDS_ATTENTION
    assert {urgency(one) for one in AttentionState} == set(Urgency)


@pytest.mark.requirement("me:mentions")
@pytest.mark.parametrize(
    "text",
    [
        "@alice",
        "ping @alice, please",
        "(@alice)",
        "thanks @alice.",
        "@Alice: see",
        "**@alice**",
        "a\n@alice\nb",
        "@alice's",
    ],
)
def test_a_whole_name_is_a_mention(text: str) -> None:
    assert speaks_to(text, ME)


@pytest.mark.requirement("me:mentions")
@pytest.mark.parametrize(
    "text",
    [
        "@alice-bot",
        "alice@corp.com",
        "mail@alice.org",
        "@alice.smith",
        "@alices",
        "@alice/group",
        "`@alice`",
        "```\n@alice\n```",
        "alice",
        "",
    ],
)
def test_part_of_another_name_an_address_or_code_is_no_mention(text: str) -> None:
    assert not speaks_to(text, ME)


@pytest.mark.requirement("me:since-last-look")
def test_new_is_what_others_did_since_i_last_looked() -> None:
    looked_at = NOW - 2 * DAY_MS
    assert is_new(said("bob"), me=ME, looked_at=looked_at)
    assert not is_new(said("bob", days=3), me=ME, looked_at=looked_at)
    assert not is_new(said("bob", days=2), me=ME, looked_at=looked_at)
    assert not is_new(said("ALICE"), me=ME, looked_at=looked_at)
    assert not is_new(said("bob"), me=ME, looked_at=None)
