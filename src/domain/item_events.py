"""The events of one item, built from what GitLab records about it (timeline; FACTS.md sections a and f)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.entities import Discussion, Entity, LabelEvent, MergeRequest, MilestoneEvent, Note, StateEvent, User
from domain.excerpts import one_line
from domain.timeline import EventType, ItemKey, TimelineEvent

_ASSIGNMENT = re.compile(r"^(?:assigned to|unassigned|removed assignee|requested review from)\b")
_TITLE_CHANGE = re.compile(r"^changed title from ", re.IGNORECASE)
_LONE_STATES = re.compile(r"^(?:closed|reopened|merged)\b")
_MARKS = re.compile(r"\{[+-]|[+-]\}|\*\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemHistory:
    """An item with everything that happened to it; `closed_by` names the merge request behind each state event."""

    key: ItemKey
    entity: Entity
    discussions: Sequence[Discussion] = ()
    state_events: Sequence[StateEvent] = ()
    label_events: Sequence[LabelEvent] = ()
    milestone_events: Sequence[MilestoneEvent] = ()
    closing_merge_requests: dict[int, str] | None = None
    """Full references, such as `group/app!7`, by GitLab id."""


def events_of(history: ItemHistory, *, notes: Iterable[int] | None, depth: int = 0) -> Iterator[TimelineEvent]:
    """All events of the item, unordered. `notes` are the GitLab ids of those to show; None: every one."""
    wanted = None if notes is None else frozenset(notes)
    yield from _milestones_of_life(history, depth)
    yield from _state_events(history, depth)
    yield from _label_and_milestone_events(history, depth)
    for discussion in history.discussions:
        for note in discussion.notes:
            if note.system or wanted is None or note.gitlab_id in wanted:
                yield from _note_events(history, discussion, note, depth)


def _milestones_of_life(history: ItemHistory, depth: int) -> Iterator[TimelineEvent]:
    """Creation, and the ends that no state event tells of: those of old items have none."""
    item = history.entity
    yield _event(history, item.created_at, EventType.CREATED, item.author, one_line(item.title), depth)
    told = {event.state for event in history.state_events}
    merged_at = item.merged_at if isinstance(item, MergeRequest) else None
    if merged_at is not None and "merged" not in told and isinstance(item, MergeRequest):
        yield _event(history, merged_at, EventType.MERGED, item.merge_user, "merged", depth)
    if merged_at is None and item.closed_at is not None and "closed" not in told:
        yield _event(history, item.closed_at, EventType.STATE, item.closed_by, "closed", depth)


def _state_events(history: ItemHistory, depth: int) -> Iterator[TimelineEvent]:
    closers = history.closing_merge_requests or {}
    for event in history.state_events:
        kind = EventType.MERGED if event.state == "merged" else EventType.STATE
        yield _event(history, event.created_at, kind, event.user, event.state, depth, event.gitlab_id)
        closer = closers.get(event.source_merge_request_gitlab_id or 0)
        commit = f"commit {event.source_commit[:12]}" if event.source_commit else None
        if closer is not None or commit is not None:
            by = f"{event.state} by {closer or commit}"
            yield _event(history, event.created_at, EventType.CLOSED_BY, event.user, by, depth, event.gitlab_id)


def _label_and_milestone_events(history: ItemHistory, depth: int) -> Iterator[TimelineEvent]:
    for label in history.label_events:
        name = "a label that was deleted since" if label.label is None else f"label {label.label}"
        what = f"{_past(label.action)} {name}"
        yield _event(history, label.created_at, EventType.LABEL, label.user, what, depth, label.gitlab_id)
    for milestone in history.milestone_events:
        name = (
            "a milestone that was deleted since" if milestone.milestone is None else f"milestone {milestone.milestone}"
        )
        what = f"{_past(milestone.action)} {name}"
        yield _event(
            history, milestone.created_at, EventType.MILESTONE, milestone.user, what, depth, milestone.gitlab_id
        )


def _past(action: str) -> str:
    return {"add": "added", "remove": "removed"}.get(action, action)


def _note_events(history: ItemHistory, discussion: Discussion, note: Note, depth: int) -> Iterator[TimelineEvent]:
    """A comment, or a system note that records an assignment or a new title; the others repeat what is known."""
    kind = EventType.NOTE
    if note.system:
        known = {EventType.ASSIGNED: _ASSIGNMENT, EventType.TITLE: _TITLE_CHANGE}
        kinds = [kind for kind, pattern in known.items() if pattern.search(note.body)]
        if not kinds and _LONE_STATES.search(note.body) and not history.state_events:
            kinds = [EventType.STATE]
        if not kinds:
            return
        kind = kinds[0]
    text = _MARKS.sub("", note.body) if note.system else note.body
    yield TimelineEvent(
        at=note.created_at,
        type=kind,
        item=history.key,
        actor=note.author.username,
        summary=one_line(text),
        url=f"{history.entity.web_url}#note_{note.gitlab_id}",
        source_id=note.gitlab_id,
        discussion_id=discussion.gitlab_id,
        depth=depth,
    )


def _event(
    history: ItemHistory,
    at: int,
    kind: EventType,
    actor: User | None,
    summary: str,
    depth: int,
    source_id: int | None = None,
) -> TimelineEvent:
    return TimelineEvent(
        at=at,
        type=kind,
        item=history.key,
        actor=None if actor is None else actor.username,
        summary=summary,
        url=history.entity.web_url,
        source_id=source_id,
        depth=depth,
    )
