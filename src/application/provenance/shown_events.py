"""Events of items as answers show them."""

from collections.abc import Collection
from dataclasses import dataclass

from application.ports.item_histories import ItemRecord
from domain.item_events import ItemHistory, events_of
from domain.refs import EntityKind
from domain.timeline import ItemKey, TimelineEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvent:
    """`gitlab_discussion_id` and `gitlab_note_id` are given for notes, `gitlab_event_id` for resource events."""

    happened_at: int
    type: str
    project_path: str
    entity_kind: EntityKind
    iid: int
    actor: str | None
    summary: str
    url: str
    depth: int
    gitlab_discussion_id: str | None
    gitlab_note_id: int | None
    gitlab_event_id: int | None


def events_of_record(record: ItemRecord, *, notes: Collection[int] | None, depth: int = 0) -> list[TimelineEvent]:
    """`notes` are those of people to show, by GitLab id; None: all of them."""
    history = ItemHistory(
        key=record.key,
        entity=record.entity,
        discussions=record.discussions,
        state_events=record.state_events,
        label_events=record.label_events,
        milestone_events=record.milestone_events,
        closing_merge_requests={number: _full(key) for number, key in record.closing_merge_requests},
    )
    return list(events_of(history, notes=notes, depth=depth))


def _full(key: ItemKey) -> str:
    return f"{key.project_path}{key.kind.sigil}{key.iid}"


def shown_event(event: TimelineEvent) -> ShownEvent:
    is_note = event.discussion_id is not None
    return ShownEvent(
        happened_at=event.at,
        type=event.type.word,
        project_path=event.item.project_path,
        entity_kind=event.item.kind,
        iid=event.item.iid,
        actor=event.actor,
        summary=event.summary,
        url=event.url,
        depth=event.depth,
        gitlab_discussion_id=event.discussion_id,
        gitlab_note_id=event.source_id if is_note else None,
        gitlab_event_id=None if is_note else event.source_id,
    )
