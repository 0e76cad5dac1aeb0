"""What happened around a topic or an item, in order (spec/provenance.md, timeline)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from application.ports.document_search import SearchFilter
from application.ports.item_histories import ItemHistories, ItemRecord
from application.ports.project_places import ProjectPlace
from application.provenance.item_names import named_item
from application.provenance.shown_events import ShownEvent, events_of_record, shown_event
from application.provenance.stored_item import item_not_found
from application.provenance.whereabouts import Asked, FindWhereabouts
from application.reading.freshness import MirrorAge
from application.search.search_documents import SearchDocuments, SearchQuestion
from domain.references import Relation
from domain.refs import EntityKind
from domain.timeline import Expansion, ItemKey, Reached, Reference, expand, in_order

_MENTIONS = frozenset({Relation.MENTIONS.value, Relation.MENTIONED_IN.value})
_SEEDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineOf:
    """`what` is a query, or the name of an item (`issue:42`, `mr:7`)."""

    what: str
    asked: Asked
    depth: int = 1
    mentions: bool = True
    """Whether mere mentions are followed."""
    since: int | None = None
    max_entities: int = 50
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReference:
    from_project_path: str
    from_kind: EntityKind
    from_iid: int
    relation: str
    project_path: str
    kind: EntityKind
    iid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """An item of the timeline and, for one that was not asked for, the reference that led to it."""

    project_path: str
    kind: EntityKind
    iid: int
    title: str
    state: str
    depth: int
    web_url: str
    via: ShownReference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    events: tuple[ShownEvent, ...]
    items: tuple[TimelineItem, ...]
    unresolved: tuple[ShownReference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineAnswer:
    timeline: Timeline
    total_events: int
    """Those of the window; the newest `limit` are shown."""
    items_cut: bool
    """More items were reached than `max_entities`."""
    freshness: MirrorAge


class ShowTimeline:
    """Raises `NotFound` where a named item is not stored. Whole threads are shown of items asked for by name.

    The search is got when words are asked for: a named item needs none of what it loads.
    """

    def __init__(
        self,
        *,
        find_whereabouts: FindWhereabouts,
        items: ItemHistories,
        get_search: Callable[[], SearchDocuments],
    ) -> None:
        self._find_whereabouts = find_whereabouts
        self._items = items
        self._get_search = get_search

    def __call__(self, command: TimelineOf) -> TimelineAnswer:
        project = self._find_whereabouts.project(command.asked)
        seeds = self._seeds(project, command)
        expansion = self._expand(project, list(seeds), command)
        records = self._items.records(project.instance, [one.item for one in expansion.reached])
        events = in_order(
            event
            for one in expansion.reached
            if one.item in records
            for event in events_of_record(records[one.item], notes=seeds.get(one.item, ()), depth=one.depth)
            if command.since is None or event.at >= command.since
        )
        return TimelineAnswer(
            timeline=Timeline(
                events=tuple(shown_event(event) for event in events[-command.limit :]),
                items=tuple(_shown_item(one, records[one.item]) for one in expansion.reached if one.item in records),
                unresolved=tuple(_shown_reference(one) for one in expansion.unresolved),
            ),
            total_events=len(events),
            items_cut=expansion.cut_short,
            freshness=self._find_whereabouts.age((project,), command.asked.require_fresh_ms),
        )

    def _seeds(self, project: ProjectPlace, command: TimelineOf) -> dict[ItemKey, tuple[int, ...] | None]:
        """The items to begin with, each with the notes that fit the query; None for one asked for by name: all."""
        named = named_item(command.what, project.path)
        if named is None:
            question = SearchQuestion(
                text=command.what,
                filter=SearchFilter(),
                projects=(project.path,),
                limit=min(_SEEDS, command.max_entities),
            )
            return {
                ItemKey(found.project_path, found.kind, found.iid): tuple(
                    passage.gitlab_note_id for passage in found.passages if passage.gitlab_note_id is not None
                )
                for found in self._get_search()(question).results
            }
        held = self._items.entities(project.instance, [named])
        if not held:
            raise item_not_found(project, named)
        return dict.fromkeys(held)

    def _expand(self, project: ProjectPlace, seeds: Sequence[ItemKey], command: TimelineOf) -> Expansion:
        references_of = partial(self._items.references_of, project.instance)

        def followed(items: Sequence[ItemKey], /) -> list[Reference]:
            found = references_of(items)
            return [one for one in found if command.mentions or one.relation not in _MENTIONS]

        return expand(seeds, followed, depth=command.depth, max_items=command.max_entities)


def _shown_item(reached: Reached, record: ItemRecord) -> TimelineItem:
    return TimelineItem(
        project_path=reached.item.project_path,
        kind=reached.item.kind,
        iid=reached.item.iid,
        title=record.entity.title,
        state=record.entity.state,
        depth=reached.depth,
        web_url=record.entity.web_url,
        via=None if reached.via is None else _shown_reference(reached.via),
    )


def _shown_reference(reference: Reference) -> ShownReference:
    return ShownReference(
        from_project_path=reference.source.project_path,
        from_kind=reference.source.kind,
        from_iid=reference.source.iid,
        relation=reference.relation,
        project_path=reference.target.project_path,
        kind=reference.target.kind,
        iid=reference.target.iid,
    )
