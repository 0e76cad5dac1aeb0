"""An issue or merge request as it was on a past day (`lore issues IID --as-of DATE`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from application.ports.item_histories import ItemHistories, ItemRecord
from application.provenance.stored_item import stored_item
from application.provenance.whereabouts import Asked, FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.as_of import ItemRecords, ItemThen, item_as_of
from domain.dates import iso
from domain.errors import NotFound
from domain.refs import DependentKind, EntityKind
from domain.timeline import ItemKey

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAsOfMoment:
    kind: EntityKind
    iid: int
    at: int
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class PastItem:
    """`not_known` says of which fields the records tell less than all, and why."""

    kind: EntityKind
    project_path: str
    iid: int
    as_of_at: int
    title: str
    description: str
    state: str
    labels: tuple[str, ...]
    milestone: str | None
    assignees: tuple[str, ...]
    author: str
    created_at: int
    web_url: str
    not_known: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastItemAnswer:
    item: PastItem
    freshness: MirrorAge


class ShowItemAsOf:
    """Raises `NotFound` where the store does not hold the item, or where it did not exist yet."""

    def __init__(self, *, find_whereabouts: FindWhereabouts, items: ItemHistories) -> None:
        self._find_whereabouts = find_whereabouts
        self._items = items

    def __call__(self, command: ItemAsOfMoment) -> PastItemAnswer:
        project = self._find_whereabouts.project(command.asked)
        key = ItemKey(project.path, command.kind, command.iid)
        record = stored_item(self._items, project, key)
        then = item_as_of(_records(record), command.at)
        if then is None:
            raise NotFound(
                f"{key.project_path}{key.kind.sigil}{key.iid} did not exist then.",
                suggestion=f"It was created at {iso(record.entity.created_at)}.",
                details={"created_at": iso(record.entity.created_at)},
            )
        freshness = self._find_whereabouts.age((project,), command.asked.require_fresh_ms)
        return PastItemAnswer(item=_past_item(record, then, command.at), freshness=freshness)


def _records(record: ItemRecord) -> ItemRecords:
    notes = [note for discussion in record.discussions for note in discussion.notes]
    return ItemRecords(
        entity=record.entity,
        system_notes=tuple(note for note in notes if note.system),
        state_events=_if_synced(record, DependentKind.STATE_EVENTS, record.state_events),
        label_events=_if_synced(record, DependentKind.LABEL_EVENTS, record.label_events),
        milestone_events=_if_synced(record, DependentKind.MILESTONE_EVENTS, record.milestone_events),
        notes_synced=DependentKind.DISCUSSIONS in record.synced,
    )


def _if_synced(record: ItemRecord, kind: DependentKind, events: Sequence[T]) -> Sequence[T] | None:
    return events if kind in record.synced else None


def _past_item(record: ItemRecord, then: ItemThen, at: int) -> PastItem:
    gaps = {
        "title": then.title.gap,
        "description": then.description.gap,
        "state": then.state.gap,
        "labels": then.labels.gap,
        "milestone": then.milestone.gap,
        "assignees": then.assignees.gap,
    }
    return PastItem(
        kind=record.key.kind,
        project_path=record.key.project_path,
        iid=record.key.iid,
        as_of_at=at,
        title=then.title.value,
        description=then.description.value,
        state=then.state.value,
        labels=then.labels.value,
        milestone=then.milestone.value,
        assignees=then.assignees.value,
        author=record.entity.author.username,
        created_at=record.entity.created_at,
        web_url=record.entity.web_url,
        not_known={name: gap for name, gap in gaps.items() if gap is not None},
    )
