"""What people did and have to do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.acts import Act
from domain.entities import Entity, User
from domain.expertise import TouchingMergeRequest
from domain.refs import EntityKind, ProjectId
from domain.timeline import ItemKey

MOST_NOTES = 2_000
"""So many notes of a person are counted: with more, the answer would be slow and no other."""


class Part(StrEnum):
    """What somebody is to an item."""

    AUTHOR = "author"
    ASSIGNEE = "assignee"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTaken:
    instance: str
    item: ItemKey
    entity: Entity
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsTaken:
    """`totals` counts all that fit, by kind and part; what there are none of may be left out."""

    totals: dict[tuple[EntityKind, Part], int]
    parts: tuple[PartTaken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsOnItem:
    """`last` holds each person's last note and last system note, without their texts, and all requests for reviews.

    In the order in which they were made. `new` counts the notes by others since the moment that was asked about.
    """

    last: tuple[Act, ...]
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSeen:
    """A note by a person, with what is needed to find it again."""

    instance: str
    item: ItemKey
    item_title: str
    gitlab_discussion_id: str | None
    gitlab_note_id: int | None
    """None for both: it is the item's description."""
    author: str
    created_at: int
    body: str
    web_url: str
    path: str | None = None
    """The file it stands on, where it is a DiffNote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveThread:
    instance: str
    item: ItemKey
    item_title: str
    gitlab_discussion_id: str
    first_note_id: int
    notes: int
    """Notes by people within the window."""
    participants: tuple[str, ...]
    last_at: int
    excerpt: str
    """The first note's text."""
    web_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertiseQuery:
    """Which merge requests count: those that touched a path, and, after them, those that touched only its folder.

    Both are the newest by creation before `until`, at most `limit` of each. Without `folder` there are none of the
    second kind; the empty folder is the root, where every merge request counts as nearby.
    """

    project_ids: tuple[ProjectId, ...]
    paths: tuple[str, ...] = ()
    below: str | None = None
    """A folder that is asked about itself: whatever lies below counts as the path."""
    folder: str | None = None
    since: int = 0
    """Notes from before are left out."""
    until: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDone:
    """What somebody said on one merge request; `diff_notes` are those of the `notes` that stand on its diff."""

    instance: str
    item: ItemKey
    notes: int
    diff_notes: int
    last_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsDone:
    """Drawn from the person's newest `MOST_NOTES` notes.

    `total` counts all merge requests of these, `files` says how many of the notes stand on which file.
    """

    total: int
    reviews: tuple[ReviewDone, ...]
    files: dict[str, int]


class PeopleReader(Protocol):
    """Living items, threads and notes by people; system notes are no notes here. User names are matched in any case."""

    def users(self, username: str) -> tuple[User, ...]:
        """The stored users of that name: one for each instance that knows it."""
        ...

    def similar_usernames(self, username: str, *, limit: int) -> tuple[str, ...]: ...

    def touching(self, query: ExpertiseQuery) -> tuple[TouchingMergeRequest, ...]: ...

    def parts_taken(
        self, username: str, project_ids: Collection[ProjectId], *, open_only: bool, since: int, limit: int
    ) -> PartsTaken:
        """The items that the user wrote, is assigned to or reviews, moved since then; last moved first.

        `limit` is for each part and kind.
        """
        ...

    def reviews_by(self, username: str, project_ids: Collection[ProjectId], *, since: int, limit: int) -> ReviewsDone:
        """The merge requests by others on which the user wrote notes since then, the last note first."""
        ...

    def acts_on(
        self, instance: str, items: Sequence[ItemKey], *, me: str, looked_at: int | None
    ) -> dict[ItemKey, ActsOnItem]:
        """What was done on the items, system notes among it (those are not spoken).

        New is what others than `me` wrote after `looked_at`; nothing where that is None.
        """
        ...

    def notes_mentioning(
        self, username: str, project_ids: Collection[ProjectId], *, since: int, limit: int
    ) -> tuple[NoteSeen, ...]:
        """Notes and descriptions by others that speak to the user (`domain.attention.speaks_to`), newest first."""
        ...

    def notes_on(
        self, instance: str, items: Sequence[ItemKey], *, without: str, since: int, limit: int
    ) -> tuple[NoteSeen, ...]:
        """Notes of the items by anybody but `without`, the newest first."""
        ...

    def active_threads(self, project_ids: Collection[ProjectId], *, since: int, limit: int) -> tuple[ActiveThread, ...]:
        """Threads by their number of notes since then, then by the last one."""
        ...
