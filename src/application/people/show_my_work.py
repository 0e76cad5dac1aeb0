"""What needs me: my items with whose turn it is, mentions, activity, and what is new (spec/provenance.md, me)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from application.people.find_person import FindPerson
from application.people.looked_at import LookedAt
from application.people.shown_notes import ShownNote, shown_note
from application.ports.clock import Clock
from application.ports.people_reader import ActsOnItem, NoteSeen, Part, PartTaken, PeopleReader
from application.provenance.shown import ShownItem, shown_item
from application.provenance.whereabouts import FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.acts import Act
from domain.attention import STALE_DAYS, AttentionState, attention, is_new, urgency
from domain.dates import DAY_MS
from domain.entities import MergeRequest
from domain.refs import EntityKind
from domain.timeline import ItemKey

WINDOW_DAYS = 30
_NOTHING = ActsOnItem(last=(), new=0)
_MOST = 50
"""So many items of each part are looked into for whose turn it is, those that moved last; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyWork:
    username: str
    projects: tuple[str, ...] = ()
    require_fresh_ms: int | None = None
    since: int | None = None
    """How far mentions and activity go back; None: 30 days."""
    limit: int = 50
    stale_days: int = STALE_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class MyItem:
    attention: AttentionState
    last_activity_at: int
    last_by: str | None
    """Who spoke last."""
    new_notes: int
    """By others, since I last looked."""
    item: ShownItem


@dataclass(frozen=True, slots=True, kw_only=True)
class MyNote:
    new: bool
    note: ShownNote


@dataclass(frozen=True, slots=True, kw_only=True)
class MyItems:
    total: int
    """All there are; of those beyond the fifty that moved last it is not known whose turn it is."""
    items: tuple[MyItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MyDesk:
    """Open items; those that need me come first. `looked_at` is None at the first look: then nothing counts as new."""

    username: str
    looked_at: int | None
    new: int
    """Notes by others since then, on my items or speaking to me."""
    issues: MyItems
    merge_requests: MyItems
    reviews: MyItems
    mentions: tuple[MyNote, ...]
    activity: tuple[MyNote, ...]
    """What others said on my items, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyDeskAnswer:
    desk: MyDesk
    seen_until: int | None
    """To be given to `LookedAt.move` once all was shown."""
    freshness: MirrorAge


class ShowMyWork:
    """Shows only; the cursor is moved by whoever showed the answer."""

    def __init__(
        self,
        *,
        find_whereabouts: FindWhereabouts,
        find_person: FindPerson,
        people: PeopleReader,
        looked_at: LookedAt,
        clock: Clock,
    ) -> None:
        self._find_whereabouts = find_whereabouts
        self._find_person = find_person
        self._people = people
        self._looked_at = looked_at
        self._clock = clock

    def __call__(self, command: MyWork) -> MyDeskAnswer:
        now = self._clock.now_ms()
        since = now - WINDOW_DAYS * DAY_MS if command.since is None else command.since
        projects = self._find_whereabouts.all(command.projects)
        me = self._find_person(command.username)
        ids = [place.project_id for place in projects]
        looked_at = self._looked_at.get(me)
        taken = self._people.parts_taken(me, ids, open_only=True, since=0, limit=_MOST)
        mine = [one for one in taken.parts if _is_mine(one)]
        acts = self._acts(mine, me, looked_at)
        said = self._said(mine, me, since, command.limit)
        mentions = self._people.notes_mentioning(me, ids, since=since, limit=command.limit)
        look = _Look(
            me=me,
            looked_at=looked_at,
            now=now,
            stale_days=command.stale_days,
            acts=acts,
            counts=taken.totals,
        )
        return MyDeskAnswer(
            desk=look.desk(mine, mentions, said, command.limit),
            seen_until=max(
                [act.at for of in acts.values() for act in of.last] + [one.created_at for one in mentions], default=None
            ),
            freshness=self._find_whereabouts.age(projects, command.require_fresh_ms),
        )

    def _acts(self, mine: Sequence[PartTaken], me: str, looked_at: int | None) -> dict[ItemKey, ActsOnItem]:
        acts: dict[ItemKey, ActsOnItem] = {}
        for instance, keys in _by_instance(mine):
            acts |= self._people.acts_on(instance, keys, me=me, looked_at=looked_at)
        return acts

    def _said(self, mine: Sequence[PartTaken], me: str, since: int, limit: int) -> list[NoteSeen]:
        said: list[NoteSeen] = []
        for instance, keys in _by_instance(mine):
            said += self._people.notes_on(instance, keys, without=me, since=since, limit=limit)
        return sorted(said, key=lambda note: (-note.created_at, -(note.gitlab_note_id or 0)))[:limit]


def _by_instance(mine: Sequence[PartTaken]) -> Iterator[tuple[str, list[ItemKey]]]:
    for instance in sorted({one.instance for one in mine}):
        yield instance, sorted({one.item for one in mine if one.instance == instance})


def _is_mine(one: PartTaken) -> bool:
    """Issues count where they are assigned to me, merge requests where I wrote them, am assigned or review."""
    return one.item.kind is EntityKind.MERGE_REQUEST or one.part is Part.ASSIGNEE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    me: str
    looked_at: int | None
    now: int
    stale_days: int
    acts: Mapping[ItemKey, ActsOnItem]
    counts: Mapping[tuple[EntityKind, Part], int]

    def desk(
        self, mine: Sequence[PartTaken], mentions: Sequence[NoteSeen], said: Sequence[NoteSeen], limit: int
    ) -> MyDesk:
        wrote = {one.item for one in mine if one.part in {Part.AUTHOR, Part.ASSIGNEE}}
        issues = [one for one in mine if one.item.kind is EntityKind.ISSUE]
        merge_requests = [one for one in mine if one.item.kind is EntityKind.MERGE_REQUEST]
        return MyDesk(
            username=self.me,
            looked_at=self.looked_at,
            new=self._new(mentions),
            issues=self._items(issues, limit, Part.ASSIGNEE),
            merge_requests=self._items([one for one in merge_requests if one.item in wrote], limit, Part.AUTHOR),
            reviews=self._items([one for one in merge_requests if one.item not in wrote], limit, Part.REVIEWER),
            mentions=tuple(self._note(one) for one in mentions),
            activity=tuple(self._note(one) for one in said),
        )

    def _new(self, mentions: Sequence[NoteSeen]) -> int:
        on_items = sum(acts.new for acts in self.acts.values())
        return on_items + sum(1 for one in mentions if one.item not in self.acts and self._note(one).new)

    def _note(self, note: NoteSeen) -> MyNote:
        act = Act(username=note.author, at=note.created_at)
        return MyNote(new=is_new(act, me=self.me, looked_at=self.looked_at), note=shown_note(note))

    def _items(self, parts: Sequence[PartTaken], limit: int, part: Part) -> MyItems:
        once = {one.item: one for one in reversed(parts)}
        items = [self._item(one) for one in once.values()]
        items.sort(key=lambda one: (urgency(one.attention), -one.last_activity_at, one.item.web_url))
        all_there = max((self.counts.get((kind, part), 0) for kind in {one.item.kind for one in parts}), default=0)
        return MyItems(total=len(items) if all_there <= _MOST else all_there, items=tuple(items[:limit]))

    def _item(self, one: PartTaken) -> MyItem:
        draft = isinstance(one.entity, MergeRequest) and one.entity.draft
        acts = self.acts.get(one.item, _NOTHING)
        found = attention(
            acts.last,
            me=self.me,
            created_at=one.entity.created_at,
            draft=draft,
            now=self.now,
            stale_days=self.stale_days,
        )
        return MyItem(
            attention=found.state,
            last_activity_at=found.last_at,
            last_by=found.last_by,
            new_notes=acts.new,
            item=shown_item(one.item, one.entity),
        )
