"""What somebody reviewed lately, and where (spec/provenance.md, who @user --reviews)."""

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from application.people.find_person import FindPerson
from application.ports.clock import Clock
from application.ports.item_histories import ItemHistories
from application.ports.people_reader import Part, PartTaken, PeopleReader, ReviewDone
from application.provenance.shown import ShownItem, shown_item
from application.provenance.whereabouts import FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.dates import DAY_MS
from domain.entities import Entity
from domain.timeline import ItemKey

WINDOW_DAYS = 180
_MOST_ASKED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsBy:
    username: str
    projects: tuple[str, ...] = ()
    require_fresh_ms: int | None = None
    since: int | None = None
    """None: 180 days."""
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`assigned`: was asked to review it. `diff_notes` stand on the diff, `notes` are all."""

    merge_request: ShownItem
    assigned: bool
    notes: int
    diff_notes: int
    last_note_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedFolder:
    path: str
    diff_notes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    username: str
    since_at: int
    reviews: tuple[Review, ...]
    folders: tuple[ReviewedFolder, ...]
    """Where the notes on diffs were written, most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsAnswer:
    reviews: Reviews
    total_spoken_on: int
    total_asked: int
    """Counted up to 200."""
    freshness: MirrorAge


class ShowReviews:
    """Merge requests of others that the person was asked to review or spoke on; own ones are no reviews."""

    def __init__(
        self,
        *,
        find_whereabouts: FindWhereabouts,
        find_person: FindPerson,
        people: PeopleReader,
        items: ItemHistories,
        clock: Clock,
    ) -> None:
        self._find_whereabouts = find_whereabouts
        self._find_person = find_person
        self._people = people
        self._items = items
        self._clock = clock

    def __call__(self, command: ReviewsBy) -> ReviewsAnswer:
        now = self._clock.now_ms()
        since = now - WINDOW_DAYS * DAY_MS if command.since is None else command.since
        projects = self._find_whereabouts.all(command.projects)
        username = self._find_person(command.username)
        ids = [place.project_id for place in projects]
        taken = self._people.parts_taken(username, ids, open_only=False, since=since, limit=_MOST_ASKED)
        done = self._people.reviews_by(username, ids, since=since, limit=command.limit)
        asked = {
            one.item: one for one in taken.parts if one.part is Part.REVIEWER and one.entity.author.username != username
        }
        entities = self._entities(asked.values(), done.reviews)
        spoken_on = {one.item: one for one in done.reviews}
        reviews = [_review(key, entity, key in asked, spoken_on.get(key)) for key, entity in entities.items()]
        reviews.sort(key=lambda one: (-(one.last_note_at or one.merge_request.updated_at), one.merge_request.web_url))
        return ReviewsAnswer(
            reviews=Reviews(
                username=username,
                since_at=since,
                reviews=tuple(reviews[: command.limit]),
                folders=_folders(done.files, command.limit),
            ),
            total_spoken_on=done.total,
            total_asked=len(asked),
            freshness=self._find_whereabouts.age(projects, command.require_fresh_ms),
        )

    def _entities(self, asked: Iterable[PartTaken], done: Sequence[ReviewDone]) -> dict[ItemKey, Entity]:
        found = {one.item: one.entity for one in asked}
        for instance in sorted({one.instance for one in done}):
            missing = {one.item for one in done if one.instance == instance} - found.keys()
            found |= self._items.entities(instance, missing)
        return found


def _review(key: ItemKey, entity: Entity, assigned: bool, done: ReviewDone | None) -> Review:
    return Review(
        merge_request=shown_item(key, entity),
        assigned=assigned,
        notes=0 if done is None else done.notes,
        diff_notes=0 if done is None else done.diff_notes,
        last_note_at=None if done is None else done.last_at,
    )


def _folders(files: Mapping[str, int], limit: int) -> tuple[ReviewedFolder, ...]:
    counts = Counter[str]()
    for path, notes in files.items():
        counts[posixpath.dirname(path)] += notes
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(ReviewedFolder(path=path or ".", diff_notes=count) for path, count in ranked[:limit])
