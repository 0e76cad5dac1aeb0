"""A structured brief of one item: every statement with the note or event that it comes from (explain)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.item_histories import ItemHistories, ItemRecord
from application.ports.project_places import ProjectPlace
from application.provenance.find_related import FindRelated, ShownRelated
from application.provenance.shown import ShownItem, shown_item, spoken
from application.provenance.shown_events import ShownEvent, events_of_record, shown_event
from application.provenance.stored_item import stored_item
from application.provenance.whereabouts import Asked, FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.decisions import Decision, OpenThread, Rule, decisions, open_threads
from domain.entities import Note
from domain.excerpts import one_line
from domain.refs import EntityKind
from domain.timeline import EventType, ItemKey, in_order

_DESCRIPTION = 600
_DECISIONS = 8
_THREADS = 10
_RELATED = 5
_EVENTS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationOf:
    kind: EntityKind
    iid: int
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDecision:
    """`rules` say why the note counts as a decision."""

    project_path: str
    noteable_type: str
    parent_iid: int
    gitlab_discussion_id: str
    gitlab_note_id: int
    author: str
    created_at: int
    excerpt: str
    rules: tuple[Rule, ...]
    web_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOpenThread:
    project_path: str
    noteable_type: str
    parent_iid: int
    gitlab_discussion_id: str
    gitlab_note_id: int
    author: str
    last_author: str
    last_at: int
    notes: int
    resolvable: bool
    excerpt: str
    web_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    username: str
    notes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    notes: int
    threads: int
    first_note_at: int | None
    last_note_at: int | None
    participants: tuple[Participant, ...]
    """Those who said most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    item: ShownItem
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    milestone: str | None
    description_excerpt: str
    key_decisions: tuple[ShownDecision, ...]
    activity: Activity
    open_threads: tuple[ShownOpenThread, ...]
    open_threads_total: int
    related: tuple[ShownRelated, ...]
    timeline_excerpt: tuple[ShownEvent, ...]
    """What happened to the item, without the comments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationAnswer:
    explanation: Explanation
    freshness: MirrorAge


class ExplainItem:
    """Raises `NotFound` where the store does not hold the item."""

    def __init__(
        self,
        *,
        find_whereabouts: FindWhereabouts,
        items: ItemHistories,
        find_related: FindRelated,
    ) -> None:
        self._find_whereabouts = find_whereabouts
        self._items = items
        self._find_related = find_related

    def __call__(self, command: ExplanationOf) -> ExplanationAnswer:
        project = self._find_whereabouts.project(command.asked)
        key = ItemKey(project.path, command.kind, command.iid)
        record = stored_item(self._items, project, key)
        return ExplanationAnswer(
            explanation=self._explanation(project, record),
            freshness=self._find_whereabouts.age((project,), command.asked.require_fresh_ms),
        )

    def _explanation(self, project: ProjectPlace, record: ItemRecord) -> Explanation:
        entity, threads = record.entity, open_threads(record.discussions)
        decided = decisions(entity, record.discussions, record.state_events, limit=_DECISIONS)
        return Explanation(
            item=shown_item(record.key, entity),
            labels=entity.labels,
            assignees=tuple(user.username for user in entity.assignees),
            milestone=None if entity.milestone is None else entity.milestone.title,
            description_excerpt=one_line(entity.description, _DESCRIPTION),
            key_decisions=tuple(_decision(record, one) for one in decided),
            activity=_activity(record),
            open_threads=tuple(_open_thread(record, one) for one in threads[:_THREADS]),
            open_threads_total=len(threads),
            related=self._find_related.of(project, record.key, entity, _RELATED).related,
            timeline_excerpt=_events(record),
        )


def _events(record: ItemRecord) -> tuple[ShownEvent, ...]:
    events = [event for event in in_order(events_of_record(record, notes=())) if event.type is not EventType.NOTE]
    return tuple(shown_event(event) for event in events[-_EVENTS:])


def _activity(record: ItemRecord) -> Activity:
    notes = [note for discussion in record.discussions for note in spoken(discussion)]
    counts = Counter(note.author.username for note in notes)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return Activity(
        notes=len(notes),
        threads=sum(1 for discussion in record.discussions if spoken(discussion)),
        first_note_at=min((note.created_at for note in notes), default=None),
        last_note_at=max((note.created_at for note in notes), default=None),
        participants=tuple(Participant(username=name, notes=count) for name, count in ranked),
    )


def _decision(record: ItemRecord, one: Decision) -> ShownDecision:
    return ShownDecision(
        project_path=record.key.project_path,
        noteable_type=record.key.kind.noteable_type,
        parent_iid=record.key.iid,
        gitlab_discussion_id=one.discussion_gitlab_id,
        gitlab_note_id=one.note_gitlab_id,
        author=one.author,
        created_at=one.created_at,
        excerpt=one.excerpt,
        rules=one.rules,
        web_url=f"{record.entity.web_url}#note_{one.note_gitlab_id}",
    )


def _open_thread(record: ItemRecord, one: OpenThread) -> ShownOpenThread:
    return ShownOpenThread(
        project_path=record.key.project_path,
        noteable_type=record.key.kind.noteable_type,
        parent_iid=record.key.iid,
        gitlab_discussion_id=one.discussion_gitlab_id,
        gitlab_note_id=one.first_note_gitlab_id,
        author=one.author,
        last_author=one.last_author,
        last_at=one.last_at,
        notes=one.notes,
        resolvable=one.resolvable,
        excerpt=one_line(_note(record, one.first_note_gitlab_id).body, 300),
        web_url=f"{record.entity.web_url}#note_{one.first_note_gitlab_id}",
    )


def _note(record: ItemRecord, gitlab_id: int) -> Note:
    notes: Sequence[Note] = [note for discussion in record.discussions for note in discussion.notes]
    return next(note for note in notes if note.gitlab_id == gitlab_id)
