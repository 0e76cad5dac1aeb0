"""What happened, in order: events of items, and the items reached through references (spec/provenance.md, timeline)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from domain.refs import EntityKind


class EventType(IntEnum):
    """In the order in which events of one instant are shown."""

    CREATED = 0
    ASSIGNED = 1
    TITLE = 2
    LABEL = 3
    MILESTONE = 4
    NOTE = 5
    CLOSED_BY = 6
    STATE = 7
    MERGED = 8

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class ItemKey:
    """An issue or merge request by its project's path, so that references into unknown projects have one as well."""

    project_path: str
    kind: EntityKind
    iid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """One thing that happened; `summary` is one line. `source_id` is GitLab's id of the note or event behind it."""

    at: int
    type: EventType
    item: ItemKey
    actor: str | None
    summary: str
    url: str = ""
    source_id: int | None = None
    discussion_id: str | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One item names another; `relation` is what for, such as `closes` or `mentions`. `stored`: the store has it."""

    source: ItemKey
    target: ItemKey
    relation: str
    stored: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """An item and how it was reached: seeds have depth 0 and no reference."""

    item: ItemKey
    depth: int
    via: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """`cut_short` tells that `max_items` left some out; `unresolved` are references to what the store lacks."""

    reached: tuple[Reached, ...]
    unresolved: tuple[Reference, ...]
    cut_short: bool


class ReferencesOf(Protocol):
    """Looks up references by item."""

    def __call__(self, items: Sequence[ItemKey], /) -> Iterable[Reference]:
        """Every reference whose source or target is one of `items`, in any order."""
        ...


def expand(seeds: Iterable[ItemKey], references_of: ReferencesOf, *, depth: int, max_items: int) -> Expansion:
    """Follow references in both directions, breadth first, to `depth` steps and `max_items` items.

    Of several ways to an item the shortest counts, then the first in the order of the references.
    """
    found = {seed: Reached(item=seed, depth=0) for seed in list(dict.fromkeys(seeds))[:max_items]}
    unresolved: set[Reference] = set()
    frontier = list(found)
    cut_short = False
    for level in range(1, depth + 1):
        ordered = sorted(set(references_of(frontier)) if frontier else (), key=_reference_order)
        unresolved |= {reference for reference in ordered if not reference.stored}
        reached = _beyond(ordered, found, set(frontier), level)
        room = max_items - len(found)
        cut_short = cut_short or len(reached) > room
        kept = reached[:room]
        found |= {one.item: one for one in kept}
        frontier = [one.item for one in kept]
    return Expansion(
        reached=tuple(found.values()),
        unresolved=tuple(sorted(unresolved, key=_reference_order)),
        cut_short=cut_short,
    )


def _beyond(
    references: Iterable[Reference], found: dict[ItemKey, Reached], frontier: set[ItemKey], level: int
) -> list[Reached]:
    reached: dict[ItemKey, Reached] = {}
    for reference in references:
        if not reference.stored:
            continue
        for here, there in ((reference.source, reference.target), (reference.target, reference.source)):
            if here in frontier and there not in found:
                reached.setdefault(there, Reached(item=there, depth=level, via=reference))
    return list(reached.values())


_STRENGTH = {"closes": 0, "closed_by": 0, "duplicate": 1, "moved": 1, "related": 2, "blocks": 2}
_WEAKEST = 9


def _reference_order(reference: Reference) -> tuple[int, ItemKey, ItemKey, str]:
    """Those that say more come first: closing before linking before mentioning."""
    strength = _STRENGTH.get(reference.relation, _WEAKEST)
    return strength, reference.source, reference.target, reference.relation


def in_order(events: Iterable[TimelineEvent]) -> tuple[TimelineEvent, ...]:
    """By time; what happened at one instant by type, item and source, so that the order never depends on the store."""
    return tuple(sorted(set(events), key=_event_order))


def _event_order(event: TimelineEvent) -> tuple[int, int, ItemKey, int, str, str]:
    return event.at, event.type, event.item, event.source_id or 0, event.summary, event.actor or ""
