"""Who knows a path (spec/provenance.md, who PATH)."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from application.ports.clock import Clock
from application.ports.path_reader import PathReader
from application.ports.people_reader import ExpertiseQuery, PeopleReader
from application.ports.project_places import ProjectPlace
from application.provenance.missing_paths import path_not_found
from application.provenance.resolve_rename_chain import ResolveRenameChain
from application.provenance.whereabouts import Asked, FindWhereabouts, Whereabouts
from application.reading.freshness import MirrorAge
from domain.dates import DAY_MS, day
from domain.errors import NotFound
from domain.expertise import ContributionKind, Expert, ScoreRules, TouchingMergeRequest, experts

NEWEST = 60
"""So many of the newest merge requests on the path, and as many in its folder, are looked at: more rank no better
(hit@5 0.947 and 0.921 with 50, 0.947 and 0.923 with 100)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertsOn:
    asked: Asked
    rules: ScoreRules
    as_of: int | None = None
    since: int | None = None
    """None: as long before as the rules' window."""
    explain: bool = False
    limit: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """What one kind of contribution adds: `count` of them, with `weight` points each when new."""

    kind: ContributionKind
    count: int
    points: float
    weight: float
    half_life_days: float
    last_at: int
    merge_requests: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExpert:
    username: str
    score: float
    last_at: int
    merge_requests: int
    """In how many merge requests the person took part."""
    parts: tuple[ShownPart, ...] | None
    """None: not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    path: str
    project_path: str
    resolved_paths: tuple[str, ...]
    as_of_at: int
    since_at: int
    """What was done before counts for nothing."""
    merge_requests: int
    """How many touched the path itself."""
    nearby_merge_requests: int
    """How many touched its folder only."""
    experts: tuple[ShownExpert, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertsAnswer:
    experts: Experts
    total: int
    freshness: MirrorAge


class FindExperts:
    """A path that no merge request touched is answered by the nearest folder above it that some did.

    Raises `NotFound` where there is none.
    """

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

    def __call__(self, command: ExpertsOn) -> ExpertsAnswer:
        here = self._find_whereabouts(command.asked)
        as_of = self._clock.now_ms() if command.as_of is None else command.as_of
        rules = command.rules
        if command.since is not None:
            rules = replace(rules, window_days=(as_of - command.since) / DAY_MS)
        since = as_of - round(rules.window_days * DAY_MS)
        names = self._names(here)
        touching = self._touching(_Asked(here.project, here.path, names, since, as_of))
        if not touching and command.as_of is not None and self._is_known(here):
            raise NotFound(f"No merge request had touched {here.path} by then.", suggestion="Give a later day.")
        if not touching:
            raise path_not_found(self._paths, here.project, here.path, names)
        ranked = experts(touching, rules, as_of=as_of)
        on_path = [one for one in touching if not one.nearby]
        return ExpertsAnswer(
            experts=Experts(
                path=here.path,
                project_path=here.project.path,
                resolved_paths=names,
                as_of_at=as_of,
                since_at=since,
                merge_requests=len(on_path),
                nearby_merge_requests=len(touching) - len(on_path),
                experts=tuple(_shown(one, command) for one in ranked[: command.limit]),
                hints=tuple(_hints(ranked, on_path, touching, since)),
            ),
            total=len(ranked),
            freshness=self._find_whereabouts.age((here.project,), command.asked.require_fresh_ms),
        )

    def _touching(self, asked: "_Asked") -> tuple[TouchingMergeRequest, ...]:
        """Of the path as a file, together with its folder; else as a folder; else of the folders above it."""
        beside = [replace(asked.query, paths=asked.names, folder=each) for each in _above(asked.path)]
        found = self._people.touching(beside[0]) if beside else ()
        if any(not one.nearby for one in found):
            return found
        return self._people.touching(replace(asked.query, below=asked.path)) or found or self._first(beside[1:])

    def _first(self, queries: Sequence[ExpertiseQuery]) -> tuple[TouchingMergeRequest, ...]:
        return next((found for query in queries if (found := self._people.touching(query))), ())

    def _is_known(self, here: Whereabouts) -> bool:
        return self._resolve_rename_chain.names(here.project.project_id, here.path) is not None

    def _names(self, here: Whereabouts) -> tuple[str, ...]:
        return self._resolve_rename_chain.names(here.project.project_id, here.path) or (here.path,)


@dataclass(frozen=True, slots=True)
class _Asked:
    project: ProjectPlace
    path: str
    names: tuple[str, ...]
    since: int
    as_of: int

    @property
    def query(self) -> ExpertiseQuery:
        return ExpertiseQuery(project_ids=(self.project.project_id,), since=self.since, until=self.as_of, limit=NEWEST)


def _above(path: str) -> Iterator[str]:
    """The folders around a path, the nearest first, the root last; the root itself has none."""
    while path:
        path = posixpath.dirname(path)
        yield path


def _hints(
    ranked: Sequence[Expert],
    on_path: Sequence[TouchingMergeRequest],
    touching: Sequence[TouchingMergeRequest],
    since: int,
) -> Iterator[str]:
    if not on_path:
        yield "No merge request touched the path itself; this is who knows its folder."
    if ranked:
        return
    last = day(max(one.merged_at or one.closed_at or one.created_at for one in touching))
    if last < day(since):
        yield (
            f"Nobody has done anything here since {day(since)}; the last merge request is of {last}."
            f" Ask for that time: --as-of {last}, or look further back: --since DATE."
        )
    else:
        yield (
            f"Nobody has finished or reviewed a merge request here since {day(since)},"
            " bots and those of --exclude left out."
        )


def _shown(expert: Expert, command: ExpertsOn) -> ShownExpert:
    iids = {iid for part in expert.parts for iid in part.merge_requests}
    parts = tuple(
        ShownPart(
            kind=part.kind,
            count=part.count,
            points=round(part.points, 3),
            weight=command.rules.weights[part.kind].points,
            half_life_days=command.rules.weights[part.kind].half_life_days,
            last_at=part.last_at,
            merge_requests=part.merge_requests,
        )
        for part in expert.parts
    )
    return ShownExpert(
        username=expert.username,
        score=round(expert.score, 3),
        last_at=expert.last_at,
        merge_requests=len(iids),
        parts=parts if command.explain else None,
    )
