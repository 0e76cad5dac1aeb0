"""An item as it was on a past day, replayed from its events and system notes (FACTS.md section f).

Everything is undone from the present backwards, because the present is known and the beginning is not: what an item
had when it was created may be in no event. Where the records leave a gap, the gap is named instead of guessed over.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.entities import Entity, LabelEvent, MergeRequest, MilestoneEvent, Note, StateEvent

T = TypeVar("T")

_TITLE = re.compile(r"^changed title from \*\*(?P<both>.*)\*\*$", re.DOTALL | re.IGNORECASE)
_BETWEEN_TITLES = "** to **"
_MARKS = re.compile(r"\{[-+](?P<text>.*?)[-+]\}", re.DOTALL)
_DESCRIPTION = re.compile(r"^changed the description", re.IGNORECASE)
_USER = re.compile(r"@(?P<name>[\w.-]*\w)")
_ASSIGNED = re.compile(r"^assigned to (?P<added>.*?)(?: and unassigned (?P<removed>.*))?$", re.IGNORECASE | re.DOTALL)
_UNASSIGNED = re.compile(r"^unassigned (?P<removed>.*)$", re.IGNORECASE | re.DOTALL)
_REMOVED_ASSIGNEE = re.compile(r"^removed assignee", re.IGNORECASE)
_STATE_NOTES = {"closed": "closed", "reopened": "opened", "merged": "merged"}
_STATES = {"reopened": "opened"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Generic[T]):
    """A value as it was. With a `gap`, the value is the best there is and the gap says what is not known."""

    value: T
    gap: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemThen:
    title: Known[str]
    description: Known[str]
    state: Known[str]
    labels: Known[tuple[str, ...]]
    milestone: Known[str | None]
    assignees: Known[tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecords:
    """What the store knows of an item's past. An event kind is None where it was never synced."""

    entity: Entity
    system_notes: Sequence[Note] = ()
    state_events: Sequence[StateEvent] | None = None
    label_events: Sequence[LabelEvent] | None = None
    milestone_events: Sequence[MilestoneEvent] | None = None
    notes_synced: bool = True


def item_as_of(records: ItemRecords, at: int) -> ItemThen | None:
    """The item as it was at `at`, changes of that very instant included; None if it did not exist yet."""
    if records.entity.created_at > at:
        return None
    notes = sorted(records.system_notes, key=lambda note: (note.created_at, note.gitlab_id))
    later = [note for note in notes if note.created_at > at]
    assignees = tuple(user.username for user in records.entity.assignees)
    return ItemThen(
        title=_noted(records, _title(records.entity.title, later)),
        description=_noted(records, _description(records.entity.description, later)),
        state=_state(records, notes, at),
        labels=_labels(records, at),
        milestone=_milestone(records, at),
        assignees=_noted(records, _assignees(assignees, later)),
    )


def _noted(records: ItemRecords, known: Known[T]) -> Known[T]:
    """What is told by notes is not known without them."""
    return known if records.notes_synced else Known(value=known.value, gap="discussions were not synced")


def _title(present: str, later: Sequence[Note]) -> Known[str]:
    title, gap = present, None
    for note in reversed(later):
        change = _title_change(note.body, title)
        if change is not None:
            old, new = change
            if new != title:
                gap = "a change of the title left no note"
            title = old
    return Known(value=title, gap=gap)


def _title_change(body: str, to: str) -> tuple[str, str] | None:
    """The old and the new title; a title may hold the words between the two, so the new one should be `to`."""
    found = _TITLE.match(body)
    if found is None:
        return None
    pieces = found["both"].split(_BETWEEN_TITLES)
    splits = [
        (_without_marks(_BETWEEN_TITLES.join(pieces[:at])), _without_marks(_BETWEEN_TITLES.join(pieces[at:])))
        for at in range(1, len(pieces))
    ]
    return next((split for split in splits if split[1] == to), splits[0] if splits else None)


def _without_marks(text: str) -> str:
    """`{-old-}` and `{+new+}` are GitLab's inline diff, not part of the title."""
    return _MARKS.sub(lambda mark: mark["text"], text)


def _description(present: str, later: Sequence[Note]) -> Known[str]:
    changes = sum(1 for note in later if _DESCRIPTION.match(note.body))
    gap = f"it was changed {changes} times since, and GitLab does not tell how" if changes else None
    return Known(value=present, gap=gap)


def _state(records: ItemRecords, notes: Sequence[Note], at: int) -> Known[str]:
    """The last state by then. Old items have notes instead of events, and imported ones may have neither."""
    steps = [(event.created_at, _STATES.get(event.state, event.state)) for event in records.state_events or ()]
    if not steps:
        steps = [(note.created_at, state) for note in notes if (state := _noted_state(note)) is not None]
    before = [state for when, state in sorted(steps) if when <= at]
    if before:
        return Known(value=before[-1])
    if steps:
        return Known(value="opened")
    return _state_of_ends(records, at)


def _noted_state(note: Note) -> str | None:
    word = note.body.split(maxsplit=1)[0] if note.body.strip() else ""
    alone = note.body == word or note.body.startswith(f"{word} via ")
    return _STATE_NOTES.get(word) if alone else None


def _state_of_ends(records: ItemRecords, at: int) -> Known[str]:
    item = records.entity
    unsynced = "state events were not synced" if records.state_events is None else None
    if isinstance(item, MergeRequest) and item.merged_at is not None:
        return Known(value="merged" if item.merged_at <= at else "opened", gap=unsynced)
    if item.closed_at is not None:
        return Known(value=item.state if item.closed_at <= at else "opened", gap=unsynced)
    return Known(value="opened" if item.state in {"closed", "merged"} else item.state, gap=unsynced)


def _labels(records: ItemRecords, at: int) -> Known[tuple[str, ...]]:
    labels = set(records.entity.labels)
    if records.label_events is None:
        return Known(value=tuple(sorted(labels)), gap="label events were not synced")
    unnamed = 0
    later = [event for event in records.label_events if event.created_at > at]
    for event in sorted(later, key=lambda event: (event.created_at, event.gitlab_id), reverse=True):
        if event.label is None:
            unnamed += 1
        elif event.action == "add":
            labels.discard(event.label)
        else:
            labels.add(event.label)
    gap = f"{unnamed} later changes were of labels deleted since" if unnamed else None
    return Known(value=tuple(sorted(labels)), gap=gap)


def _milestone(records: ItemRecords, at: int) -> Known[str | None]:
    """A change from one milestone to another is one `add`, so the last event by then says it all."""
    present = None if records.entity.milestone is None else records.entity.milestone.title
    if records.milestone_events is None:
        return Known(value=present, gap="milestone events were not synced")
    events = sorted(records.milestone_events, key=lambda event: (event.created_at, event.gitlab_id))
    before = [event for event in events if event.created_at <= at]
    if before:
        return _after(before[-1])
    if not events:
        return Known(value=present)
    first = events[0]
    return Known(value=None) if first.action == "add" else Known(value=first.milestone, gap=_deleted(first))


def _after(event: MilestoneEvent) -> Known[str | None]:
    return Known(value=event.milestone, gap=_deleted(event)) if event.action == "add" else Known(value=None)


def _deleted(event: MilestoneEvent) -> str | None:
    return "the milestone was deleted since" if event.milestone is None else None


def _assignees(present: Iterable[str], later: Sequence[Note]) -> Known[tuple[str, ...]]:
    assignees, gap = set(present), None
    for note in reversed(later):
        if _REMOVED_ASSIGNEE.match(note.body):
            gap = "an assignee was removed since, and the note does not tell whom"
            continue
        change = _ASSIGNED.match(note.body) or _UNASSIGNED.match(note.body)
        if change is not None:
            assignees -= _users(change.groupdict().get("added"))
            assignees |= _users(change.groupdict().get("removed"))
    return Known(value=tuple(sorted(assignees)), gap=gap)


def _users(text: str | None) -> set[str]:
    return {found["name"] for found in _USER.finditer(text or "")}
