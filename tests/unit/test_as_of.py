"""An item as it was: what records tell is undone, what they do not tell is named."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import builders as make
from domain.as_of import ItemRecords, ItemThen, Known, item_as_of
from domain.entities import Entity, LabelEvent, MilestoneEvent, Note, StateEvent

T0 = make.NOON
DAYS = [T0 + number * make.DAY for number in range(10)]


def noted(body: str, day: int, gitlab_id: int = 1) -> Note:
    return make.note(gitlab_id, body, system=True, created_at=DAYS[day])


def then(
    entity: Entity,
    day: int,
    *notes: Note,
    states: Sequence[StateEvent] | None = (),
    labels: Sequence[LabelEvent] | None = (),
    milestones: Sequence[MilestoneEvent] | None = (),
) -> ItemThen:
    records = ItemRecords(
        entity=entity, system_notes=notes, state_events=states, label_events=labels, milestone_events=milestones
    )
    found = item_as_of(records, DAYS[day])
    assert found is not None
    return found


def test_before_its_creation_an_item_did_not_exist() -> None:
    assert item_as_of(ItemRecords(entity=make.issue(1)), T0 - 1) is None


@pytest.mark.requirement("as-of:title")
def test_the_title_is_that_before_the_first_later_change() -> None:
    one = make.issue(1, title="Third")
    notes = (
        noted("changed title from **{-First-}** to **{+Second+}**", 2),
        noted("changed title from **{-Second-}** to **{+Third+}**", 4, 2),
    )
    assert [then(one, day, *notes).title.value for day in (1, 2, 3, 4)] == ["First", "Second", "Second", "Third"]
    assert then(one, 1, *notes).title.gap is None


def test_inline_marks_of_a_partly_changed_title_are_taken_out() -> None:
    one = make.issue(1, title="fix: Handle ** to ** in titles")
    note = noted("Changed title from **Handle ** to ** in titles** to **{+fix: +}Handle ** to ** in titles**", 2)
    assert then(one, 1, note).title == Known(value="Handle ** to ** in titles")
    assert then(one, 1, noted("changed title from **nothing**", 2)).title == Known(value=one.title)
    plain = noted("changed title from **{-Old-} words** to **{+New+} words**", 2)
    assert then(make.issue(1, title="New words"), 1, plain).title == Known(value="Old words")


def test_a_title_that_changed_without_a_note_is_told() -> None:
    note = noted("changed title from **{-A-}** to **{+B+}**", 2)
    assert then(make.issue(1, title="C"), 1, note).title == Known(value="A", gap="a change of the title left no note")


@pytest.mark.requirement("as-of:unknown")
def test_a_description_that_was_changed_later_is_not_known() -> None:
    one = make.issue(1, description="Now")
    assert then(one, 3, noted("changed the description", 2)).description == Known(value="Now")
    gap = then(one, 1, noted("changed the description", 2)).description.gap
    assert gap == "it was changed 1 times since, and GitLab does not tell how"


@pytest.mark.requirement("as-of:unknown")
def test_without_discussions_what_notes_tell_is_not_known() -> None:
    records = ItemRecords(entity=make.issue(1), state_events=(), label_events=(), notes_synced=False)
    found = item_as_of(records, DAYS[1])
    assert found is not None
    gaps = [found.title.gap, found.description.gap, found.assignees.gap]
    assert gaps == ["discussions were not synced"] * 3


@pytest.mark.requirement("as-of:state")
def test_the_state_is_that_of_the_last_event_by_then() -> None:
    one = make.issue(1, state="closed", closed_at=DAYS[6])
    states = (
        make.state_event(1, "closed", created_at=DAYS[2]),
        make.state_event(2, "reopened", created_at=DAYS[4]),
        make.state_event(3, "closed", created_at=DAYS[6]),
    )
    found = [then(one, day, states=states).state.value for day in (1, 3, 5, 7)]
    assert found == ["opened", "closed", "opened", "closed"]


def test_old_items_have_notes_for_states() -> None:
    one = make.issue(1, state="closed", closed_at=DAYS[6])
    notes = (noted("closed via merge request !5", 2), noted("reopened", 4, 2), noted("closed the door on it", 5, 3))
    assert [then(one, day, *notes).state.value for day in (1, 3, 5)] == ["opened", "closed", "opened"]


def test_without_any_record_of_states_the_times_of_the_ends_decide() -> None:
    closed = make.issue(1, state="closed", closed_at=DAYS[3])
    merged = make.merge_request(1, state="merged", merged_at=DAYS[3])
    assert [then(closed, day).state.value for day in (2, 3)] == ["opened", "closed"]
    assert [then(merged, day).state.value for day in (2, 3)] == ["opened", "merged"]
    assert then(make.issue(1), 2).state == Known(value="opened")
    assert then(make.merge_request(1, state="locked"), 2).state.value == "locked"
    assert then(make.issue(1, state="closed"), 2, states=None).state == Known(
        value="opened", gap="state events were not synced"
    )


@pytest.mark.requirement("as-of:labels")
def test_labels_are_those_of_today_with_the_later_changes_undone() -> None:
    one = make.issue(1, labels=("bug", "p1"))
    labels = (
        make.label_event(1, "p1", created_at=DAYS[4]),
        make.label_event(2, "triage", action="remove", created_at=DAYS[4]),
        make.label_event(3, "triage", created_at=DAYS[2]),
    )
    found = [then(one, day, labels=labels).labels.value for day in (1, 3, 5)]
    assert found == [("bug",), ("bug", "triage"), ("bug", "p1")]


@pytest.mark.requirement("as-of:unknown")
def test_labels_that_were_deleted_or_never_synced_are_told() -> None:
    one = make.issue(1, labels=("bug",))
    deleted = (make.label_event(1, None, created_at=DAYS[4]),)
    assert then(one, 2, labels=deleted).labels.gap == "1 later changes were of labels deleted since"
    assert then(one, 5, labels=deleted).labels.gap is None
    assert then(one, 2, labels=None).labels == Known(value=("bug",), gap="label events were not synced")


@pytest.mark.requirement("as-of:milestone")
def test_the_milestone_is_that_of_the_last_event_by_then() -> None:
    one = make.issue(1, milestone=make.milestone(3))
    milestones = (
        make.milestone_event(1, "v1", created_at=DAYS[2]),
        make.milestone_event(2, "v1", action="remove", created_at=DAYS[4]),
        make.milestone_event(3, "v3", created_at=DAYS[6]),
    )
    found = [then(one, day, milestones=milestones).milestone.value for day in (1, 3, 5, 7)]
    assert found == [None, "v1", None, "v3"]


def test_a_milestone_from_before_the_first_event_is_the_one_removed() -> None:
    removal = (make.milestone_event(1, "v1", action="remove", created_at=DAYS[4]),)
    assert then(make.issue(1), 2, milestones=removal).milestone == Known(value="v1")


@pytest.mark.requirement("as-of:unknown")
def test_a_milestone_that_was_deleted_or_never_synced_is_told() -> None:
    one = make.issue(1, milestone=make.milestone(1))
    deleted = (make.milestone_event(1, None, created_at=DAYS[1]), make.milestone_event(2, "v1", created_at=DAYS[4]))
    assert then(one, 2, milestones=deleted).milestone == Known(value=None, gap="the milestone was deleted since")
    assert then(one, 2, milestones=None).milestone == Known(value="v1", gap="milestone events were not synced")
    assert then(one, 2).milestone == Known(value="v1")


@pytest.mark.requirement("as-of:assignees")
def test_assignees_are_those_of_today_with_the_later_notes_undone() -> None:
    one = make.issue(1, assignees=(make.CAROL,))
    notes = (
        noted("assigned to @alice and @bob", 2),
        noted("unassigned @bob", 4, 2),
        noted("assigned to @carol and unassigned @alice", 6, 3),
    )
    found = [then(one, day, *notes).assignees.value for day in (1, 3, 5, 7)]
    assert found == [(), ("alice", "bob"), ("alice",), ("carol",)]


@pytest.mark.requirement("as-of:unknown")
def test_a_removed_assignee_without_a_name_is_told() -> None:
    found = then(make.issue(1), 1, noted("removed assignee", 2)).assignees
    assert found == Known(value=(), gap="an assignee was removed since, and the note does not tell whom")
    known = then(make.issue(1), 1, noted("removed assignee", 2), noted("assigned to @bob.c", 0, 2)).assignees
    assert known.gap is not None


CHANGES = st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=9)


@settings(max_examples=150, deadline=None)
@given(st.frozensets(st.sampled_from("abc")), CHANGES)
def test_labels_of_every_day_are_found_again(at_creation: frozenset[str], changes: list[tuple[str, bool]]) -> None:
    labels, history, events = set(at_creation), [set(at_creation)], []
    for day, (label, adds) in enumerate(changes, start=1):
        if adds != (label in labels):
            labels ^= {label}
            action = "add" if adds else "remove"
            events.append(make.label_event(day, label, action=action, created_at=DAYS[day]))
        history.append(set(labels))
    present = make.issue(1, labels=tuple(sorted(labels)))
    for day, expected in enumerate(history):
        assert then(present, day, labels=events).labels.value == tuple(sorted(expected))
