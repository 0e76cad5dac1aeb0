"""Items with everything that happened to them, and how they refer to one another."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.entities import Discussion, Entity, LabelEvent, MilestoneEvent, StateEvent
from domain.refs import DependentKind
from domain.timeline import ItemKey, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecord:
    """A living item. `synced` are the dependent sets that were ever fetched: an empty set may be one that was not."""

    key: ItemKey
    entity: Entity
    discussions: tuple[Discussion, ...] = ()
    state_events: tuple[StateEvent, ...] = ()
    label_events: tuple[LabelEvent, ...] = ()
    milestone_events: tuple[MilestoneEvent, ...] = ()
    closing_merge_requests: tuple[tuple[int, ItemKey], ...] = ()
    """The merge requests behind state events that the store holds, by GitLab id."""
    synced: frozenset[DependentKind] = frozenset()


class ItemHistories(Protocol):
    """Living items of one instance, named by their projects' present or former paths.

    Keys of answers carry present paths. What the store does not hold, or holds a tombstone of, is left out.
    """

    def entities(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, Entity]: ...

    def records(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, ItemRecord]:
        """Threads and events come in the order in which they were made."""
        ...

    def references_of(self, instance: str, keys: Sequence[ItemKey]) -> tuple[Reference, ...]:
        """Every reference from or to one of the items, each once, in any order.

        One that comes from an item with a tombstone is left out, one that leads to such an item is not stored.
        """
        ...

    def threads(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, tuple[Discussion, ...]]:
        """The living threads of the items, in the order in which they were made."""
        ...
