"""What items have in common."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from domain.drift import NoteMeaning, Vector
from domain.refs import ProjectId
from domain.timeline import ItemKey

COMMON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Which items have a name in common, and how many have it in all: `total` are those that could.

    A name that nothing has is left out, and so is one that at least `COMMON` items have: it tells nothing.
    `total` counts all that could, those with a tombstone too.
    """

    sharing: dict[str, tuple[ItemKey, ...]]
    used: dict[str, int]
    total: int


class Relatives(Protocol):
    """Living items of one project."""

    def sharing_labels(self, project_id: ProjectId, labels: Collection[str], *, limit: int) -> Shared:
        """For each label its issues and merge requests, those that moved last, at most `limit` of each kind."""
        ...

    def paths_of(self, project_id: ProjectId, iids: Collection[int]) -> tuple[str, ...]:
        """The new paths that these merge requests touched."""
        ...

    def sharing_paths(self, project_id: ProjectId, paths: Collection[str], *, limit: int) -> Shared:
        """For each path the merge requests that touched it under that name, the newest, at most `limit`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMeaning:
    """An item's description and its notes by people, in order, as vectors of one model."""

    description: Vector
    notes: tuple[NoteMeaning, ...]


class Meanings(Protocol):
    """Vectors, where there are any."""

    def of_threads(self, instance: str, item: ItemKey) -> ThreadMeaning | None:
        """None where the store has no vectors of the item."""
        ...

    def nearest(self, instance: str, item: ItemKey, *, limit: int) -> tuple[tuple[ItemKey, float], ...]:
        """Items of the nearest meaning with their similarity, the nearest first; none where there are no vectors."""
        ...
