"""Who else works on a path, so that two people need not do it twice (spec/provenance.md, who --overlap)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.path_reader import PathReader
from application.ports.people_reader import ExpertiseQuery, PeopleReader
from application.provenance.missing_paths import path_not_found
from application.provenance.resolve_rename_chain import ResolveRenameChain
from application.provenance.whereabouts import Asked, FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.dates import DAY_MS
from domain.expertise import TouchingMergeRequest, is_bot

WINDOW_DAYS = 365
_NEWEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapOn:
    asked: Asked
    since: int | None = None
    """None: a year."""
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlappingPerson:
    """`open` are those of the merge requests that are not finished: where work can collide."""

    username: str
    authored: tuple[int, ...]
    reviewed: tuple[int, ...]
    open: tuple[int, ...]
    last_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    path: str
    project_path: str
    since_at: int
    people: tuple[OverlappingPerson, ...]
    open_merge_requests: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapAnswer:
    overlap: Overlap
    total: int
    freshness: MirrorAge


class FindOverlap:
    """Raises `NotFound` for a path that no stored merge request touched."""

    def __init__(
        self,
        *,
        find_whereabouts: FindWhereabouts,
        resolve_rename_chain: ResolveRenameChain,
        people: PeopleReader,
        paths: PathReader,
        clock: Clock,
    ) -> None:
        self._find_whereabouts = find_whereabouts
        self._resolve_rename_chain = resolve_rename_chain
        self._people = people
        self._paths = paths
        self._clock = clock

    def __call__(self, command: OverlapOn) -> OverlapAnswer:
        here = self._find_whereabouts(command.asked)
        now = self._clock.now_ms()
        since = now - WINDOW_DAYS * DAY_MS if command.since is None else command.since
        ids = (here.project.project_id,)
        known = self._resolve_rename_chain.names(here.project.project_id, here.path)
        names = known or (here.path,)
        by_name = ExpertiseQuery(project_ids=ids, paths=names, until=now, limit=_NEWEST)
        below = ExpertiseQuery(project_ids=ids, below=here.path, until=now, limit=_NEWEST)
        touching = self._people.touching(by_name if known is not None else below)
        if not touching:
            raise path_not_found(self._paths, here.project, here.path, names)
        people = _people([one for one in touching if _last_at(one) >= since])
        return OverlapAnswer(
            overlap=Overlap(
                path=here.path,
                project_path=here.project.path,
                since_at=since,
                people=people[: command.limit],
                open_merge_requests=tuple(one.iid for one in touching if _is_open(one)),
            ),
            total=len(people),
            freshness=self._find_whereabouts.age((here.project,), command.asked.require_fresh_ms),
        )


def _people(touching: Iterable[TouchingMergeRequest]) -> tuple[OverlappingPerson, ...]:
    """Those who took part in most of them first."""
    authored: dict[str, list[TouchingMergeRequest]] = defaultdict(list)
    reviewed: dict[str, list[TouchingMergeRequest]] = defaultdict(list)
    for one in touching:
        authored[one.author].append(one)
        spoke = {note.username for note in (*one.path_notes, *one.further_notes)}
        for username in sorted((spoke | set(one.reviewers)) - {one.author}):
            reviewed[username].append(one)
    people = (
        _person(name, authored.get(name, []), reviewed.get(name, []))
        for name in authored.keys() | reviewed.keys()
        if not is_bot(name)
    )
    return tuple(sorted(people, key=lambda one: (-len(one.authored) - len(one.reviewed), -one.last_at, one.username)))


def _person(
    username: str, authored: list[TouchingMergeRequest], reviewed: list[TouchingMergeRequest]
) -> OverlappingPerson:
    everything = [*authored, *reviewed]
    return OverlappingPerson(
        username=username,
        authored=tuple(one.iid for one in authored),
        reviewed=tuple(one.iid for one in reviewed),
        open=tuple(sorted({one.iid for one in everything if _is_open(one)}, reverse=True)),
        last_at=max(_last_at(one) for one in everything),
    )


def _is_open(one: TouchingMergeRequest) -> bool:
    return one.merged_at is None and one.closed_at is None


def _last_at(one: TouchingMergeRequest) -> int:
    return one.merged_at or one.closed_at or max([one.created_at, *(note.at for note in one.path_notes)])
