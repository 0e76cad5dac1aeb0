"""Events in order, and the items that references lead to."""

from collections.abc import Iterable, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import builders as make
from domain.excerpts import one_line
from domain.item_events import ItemHistory, events_of
from domain.refs import EntityKind
from domain.timeline import EventType, ItemKey, Reached, Reference, TimelineEvent, expand, in_order


def issue_key(iid: int, project_path: str = make.PROJECT_PATH) -> ItemKey:
    return ItemKey(project_path, EntityKind.ISSUE, iid)


def mr_key(iid: int) -> ItemKey:
    return ItemKey(make.PROJECT_PATH, EntityKind.MERGE_REQUEST, iid)


class References:
    """A graph, and how often it was asked."""

    def __init__(self, *references: Reference) -> None:
        self._references = references
        self.questions = 0

    def __call__(self, items: Sequence[ItemKey], /) -> Iterable[Reference]:
        self.questions += 1
        return [one for one in self._references if one.source in items or one.target in items]


def mentions(source: ItemKey, target: ItemKey, *, relation: str = "mentions", stored: bool = True) -> Reference:
    return Reference(source=source, target=target, relation=relation, stored=stored)


@pytest.mark.requirement("timeline:expand")
def test_references_are_followed_in_both_directions_level_by_level() -> None:
    graph = References(
        mentions(mr_key(2), issue_key(1), relation="closes"),
        mentions(issue_key(3), issue_key(1)),
        mentions(issue_key(3), issue_key(4)),
    )
    found = expand([issue_key(1)], graph, depth=2, max_items=50)
    assert [(one.item, one.depth) for one in found.reached] == [
        (issue_key(1), 0),
        (mr_key(2), 1),
        (issue_key(3), 1),
        (issue_key(4), 2),
    ]
    assert found.reached[1].via == mentions(mr_key(2), issue_key(1), relation="closes")
    assert graph.questions == 2
    assert not found.cut_short


def test_at_depth_nought_only_the_seeds_are_shown() -> None:
    graph = References(mentions(issue_key(1), issue_key(2)))
    found = expand([issue_key(1), issue_key(1)], graph, depth=0, max_items=50)
    assert found.reached == (Reached(item=issue_key(1), depth=0),)
    assert graph.questions == 0


def test_circles_end() -> None:
    graph = References(mentions(issue_key(1), issue_key(2)), mentions(issue_key(2), issue_key(1)))
    assert len(expand([issue_key(1)], graph, depth=9, max_items=50).reached) == 2


@pytest.mark.requirement("timeline:max-entities")
def test_more_items_than_allowed_are_cut_and_told() -> None:
    graph = References(*(mentions(issue_key(1), issue_key(iid)) for iid in range(2, 9)))
    found = expand([issue_key(1)], graph, depth=3, max_items=3)
    assert [one.item.iid for one in found.reached] == [1, 2, 3]
    assert found.cut_short


@pytest.mark.requirement("timeline:unresolved")
def test_references_to_what_the_store_lacks_are_listed() -> None:
    abroad = mentions(issue_key(1), issue_key(9, "other/lib"), stored=False)
    found = expand([issue_key(1)], References(abroad), depth=1, max_items=50)
    assert (found.unresolved, len(found.reached)) == ((abroad,), 1)


KEYS = st.builds(issue_key, st.integers(1, 6))
REFERENCES = st.lists(st.builds(mentions, KEYS, KEYS), max_size=12)


@settings(max_examples=150, deadline=None)
@given(REFERENCES, st.integers(0, 4), st.randoms(use_true_random=False))
def test_depth_is_the_shortest_way_and_order_does_not_matter(
    references: list[Reference], depth: int, random: Random
) -> None:
    found = expand([issue_key(1)], References(*references), depth=depth, max_items=50)
    shuffled = [*references, *references]
    random.shuffle(shuffled)
    assert expand([issue_key(1)], References(*shuffled), depth=depth, max_items=50) == found
    assert {one.item: one.depth for one in found.reached} == _shortest(references, depth)


def _shortest(references: list[Reference], depth: int) -> dict[ItemKey, int]:
    """The model: relax all edges until nothing changes."""
    distances = {issue_key(1): 0}
    for _ in range(len(references) + 1):
        for one in references:
            for here, there in ((one.source, one.target), (one.target, one.source)):
                if here in distances:
                    distances[there] = min(distances.get(there, 99), distances[here] + 1)
    return {key: distance for key, distance in distances.items() if distance <= depth}


def events(history: ItemHistory, notes: Iterable[int] | None = None) -> list[tuple[EventType, str | None, str]]:
    return [(one.type, one.actor, one.summary) for one in in_order(events_of(history, notes=notes))]


@pytest.mark.requirement("timeline:events")
def test_an_issue_tells_its_whole_life() -> None:
    history = ItemHistory(
        key=issue_key(1),
        entity=make.issue(1, state="closed", closed_at=make.NOON + 9, closed_by=make.ALICE),
        discussions=(
            make.discussion(1, make.note(11, "Why\nso?", created_at=make.NOON + 3)),
            make.discussion(
                2, make.note(12, "assigned to @bob", system=True, created_at=make.NOON + 1), individual_note=True
            ),
            make.discussion(
                3,
                make.note(13, "changed title from **{-a-}** to **{+b+}**", system=True, created_at=make.NOON + 2),
            ),
            make.discussion(4, make.note(14, "mentioned in issue #7", system=True, created_at=make.NOON + 2)),
        ),
        state_events=(
            make.state_event(21, created_at=make.NOON + 9, source_merge_request_gitlab_id=20_007),
            make.state_event(22, "reopened", created_at=make.NOON + 10, user=None),
        ),
        label_events=(
            make.label_event(31, created_at=make.NOON + 4),
            make.label_event(32, None, action="remove", created_at=make.NOON + 5),
        ),
        milestone_events=(
            make.milestone_event(41, created_at=make.NOON + 6),
            make.milestone_event(42, None, action="remove", created_at=make.NOON + 7),
        ),
        closing_merge_requests={20_007: "group/app!7"},
    )
    assert events(history) == [
        (EventType.CREATED, "alice", "Issue 1"),
        (EventType.ASSIGNED, "bob", "assigned to @bob"),
        (EventType.TITLE, "bob", "changed title from a to b"),
        (EventType.NOTE, "bob", "Why so?"),
        (EventType.LABEL, "alice", "added label bug"),
        (EventType.LABEL, "alice", "removed a label that was deleted since"),
        (EventType.MILESTONE, "alice", "added milestone v1"),
        (EventType.MILESTONE, "alice", "removed a milestone that was deleted since"),
        (EventType.CLOSED_BY, "alice", "closed by group/app!7"),
        (EventType.STATE, "alice", "closed"),
        (EventType.STATE, None, "reopened"),
    ]


def test_only_the_notes_asked_for_are_shown_but_what_gitlab_noted_always() -> None:
    history = ItemHistory(
        key=issue_key(1),
        entity=make.issue(1),
        discussions=(make.discussion(1, make.note(11), make.note(12), make.note(13, "unassigned @bob", system=True)),),
    )
    assert [summary for _, _, summary in events(history, notes=[12])] == ["Issue 1", "Note 12", "unassigned @bob"]


def test_a_note_leads_to_its_place_in_its_thread() -> None:
    history = ItemHistory(key=issue_key(1), entity=make.issue(1), discussions=(make.discussion(5, make.note(11)),))
    (_, event) = in_order(events_of(history, notes=None, depth=2))
    assert event == TimelineEvent(
        at=make.NOON + 11_000,
        type=EventType.NOTE,
        item=issue_key(1),
        actor="bob",
        summary="Note 11",
        url=f"{make.issue(1).web_url}#note_11",
        source_id=11,
        discussion_id=make.sha(5),
        depth=2,
    )


def test_old_items_end_without_state_events() -> None:
    closed = make.issue(1, state="closed", closed_at=make.NOON + 5, closed_by=make.BOB)
    merged = make.merge_request(2, state="merged", merged_at=make.NOON + 5, merge_user=make.CAROL)
    assert events(ItemHistory(key=issue_key(1), entity=closed))[1:] == [(EventType.STATE, "bob", "closed")]
    assert events(ItemHistory(key=mr_key(2), entity=merged))[1:] == [(EventType.MERGED, "carol", "merged")]


def test_old_notes_of_states_count_where_there_are_no_events() -> None:
    note = make.note(11, "closed via merge request !5", system=True)
    history = ItemHistory(key=issue_key(1), entity=make.issue(1), discussions=(make.discussion(1, note),))
    assert events(history)[1:] == [(EventType.STATE, "bob", "closed via merge request !5")]


def test_a_merge_request_that_a_commit_closed_says_which() -> None:
    event = make.state_event(21, "merged", source_commit=make.sha(5))
    history = ItemHistory(key=mr_key(1), entity=make.merge_request(1), state_events=(event,))
    assert events(history)[1:] == [
        (EventType.CLOSED_BY, "alice", "merged by commit 000000000000"),
        (EventType.MERGED, "alice", "merged"),
    ]


def test_events_are_named_in_lower_case() -> None:
    assert EventType.CLOSED_BY.word == "closed_by"


def test_long_texts_are_cut_at_a_word() -> None:
    assert one_line("one two,  three\n four", 12) == "one two…"
    assert one_line(" a \n b ") == "a b"
