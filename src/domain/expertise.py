"""Who knows a path: what people did there, weighted by kind and faded by age (spec/provenance.md, who)."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from domain.dates import DAY_MS

_BOT_NAME = re.compile(
    r"^(?i:(?:project|group)_\d+_bot(?:_\w+)?|ghost|support-bot|alert-bot|service_account_\w+)$"
    r"|(?i:(?:^|[-_.\[])(?:ro)?bot\]?\d*$)"
    r"|[a-z]Bot$"
)


class ContributionKind(StrEnum):
    AUTHORED = "authored"
    """Wrote a merge request that touches the path."""
    REVIEWED = "reviewed"
    """Wrote a DiffNote on the path in somebody else's merge request."""
    ASSIGNED = "assigned"
    """Was its reviewer without a DiffNote on the path."""
    DISCUSSED = "discussed"
    """Wrote a further note there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    points: float
    half_life_days: float

    def __post_init__(self) -> None:
        if self.points < 0 or self.half_life_days <= 0:
            raise ValueError("points must not be negative, and a half-life must be positive")


def _weights() -> dict[ContributionKind, Weight]:
    return {
        ContributionKind.AUTHORED: Weight(points=15, half_life_days=180),
        ContributionKind.REVIEWED: Weight(points=15, half_life_days=90),
        ContributionKind.ASSIGNED: Weight(points=12, half_life_days=90),
        ContributionKind.DISCUSSED: Weight(points=2, half_life_days=90),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRules:
    """The formula's numbers. The defaults were tuned on two sets of real projects (docs of `who`).

    `unmerged` is the share of merge requests closed without a merge, `nearby` that of those which touched the path's
    folder only.
    """

    weights: dict[ContributionKind, Weight] = field(default_factory=_weights)
    unmerged: float = 0.5
    nearby: float = 0.3
    window_days: float = 730
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NoteBy:
    username: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchingMergeRequest:
    """A merge request that touched the path, and who took part in it. System notes are left out."""

    iid: int
    author: str
    created_at: int
    merged_at: int | None = None
    closed_at: int | None = None
    reviewers: tuple[str, ...] = ()
    path_notes: tuple[NoteBy, ...] = ()
    """DiffNotes on any name of the path."""
    further_notes: tuple[NoteBy, ...] = ()
    nearby: bool = False
    """It touched the path's folder, but not the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    username: str
    kind: ContributionKind
    at: int
    mr_iid: int
    share: float = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePart:
    """What one kind of contribution adds: how many there were, the last one, and the points they are worth today."""

    kind: ContributionKind
    count: int
    points: float
    last_at: int
    merge_requests: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    username: str
    score: float
    parts: tuple[ScorePart, ...]

    @property
    def last_at(self) -> int:
        return max(part.last_at for part in self.parts)


@lru_cache(maxsize=4_096)
def is_bot(username: str) -> bool:
    """Whether the name is one that GitLab or custom gives to programs: `project_7_bot_a1b2`, `dependabot[bot]`."""
    return _BOT_NAME.search(username) is not None


def experts(merge_requests: Iterable[TouchingMergeRequest], rules: ScoreRules, *, as_of: int) -> tuple[Expert, ...]:
    """Everybody with a score, the best first, as it was at `as_of`: what came later does not count."""
    by_person: dict[str, list[Contribution]] = defaultdict(list)
    oldest = as_of - rules.window_days * DAY_MS
    for merge_request in merge_requests:
        for contribution in _contributions(merge_request, rules, as_of):
            if oldest <= contribution.at <= as_of and not _is_excluded(contribution.username, rules):
                by_person[contribution.username].append(contribution)
    found = (_expert(name, contributions, rules, as_of) for name, contributions in by_person.items())
    return tuple(sorted(found, key=lambda expert: (-expert.score, expert.username)))


def _is_excluded(username: str, rules: ScoreRules) -> bool:
    return username in rules.excluded or is_bot(username)


def _contributions(one: TouchingMergeRequest, rules: ScoreRules, as_of: int) -> Iterator[Contribution]:
    ended_at = _ended_at(one, as_of)
    merged = one.merged_at is not None and one.merged_at <= as_of
    closed = ended_at is not None and not merged
    share = (rules.nearby if one.nearby else 1) * (rules.unmerged if closed else 1)

    def contribution(username: str, kind: ContributionKind, at: int) -> Contribution:
        return Contribution(username=username, kind=kind, at=at, mr_iid=one.iid, share=share)

    if ended_at is not None:
        yield contribution(one.author, ContributionKind.AUTHORED, ended_at)
    first_notes, further = _notes(one, as_of)
    for note in first_notes:
        yield contribution(note.username, ContributionKind.REVIEWED, note.at)
    for note in further:
        yield contribution(note.username, ContributionKind.DISCUSSED, note.at)
    for reviewer in sorted(set(one.reviewers) - {one.author} - {note.username for note in first_notes}):
        yield contribution(reviewer, ContributionKind.ASSIGNED, ended_at or one.created_at)


def _ended_at(one: TouchingMergeRequest, as_of: int) -> int | None:
    ends = (end for end in (one.merged_at, one.closed_at) if end is not None and end <= as_of)
    return next(ends, None)


def _notes(one: TouchingMergeRequest, as_of: int) -> tuple[list[NoteBy], list[NoteBy]]:
    """Each reviewer's first DiffNote on the path, and all other notes; the author's own are no review."""
    first: dict[str, NoteBy] = {}
    further = [note for note in one.further_notes if note.username != one.author and note.at <= as_of]
    for note in sorted(one.path_notes, key=lambda note: (note.at, note.username)):
        if note.username == one.author or note.at > as_of:
            continue
        if note.username in first:
            further.append(note)
        else:
            first[note.username] = note
    return list(first.values()), further


def _expert(username: str, contributions: Sequence[Contribution], rules: ScoreRules, as_of: int) -> Expert:
    parts = tuple(
        _part(kind, [one for one in contributions if one.kind is kind], rules.weights[kind], as_of)
        for kind in ContributionKind
        if any(one.kind is kind for one in contributions)
    )
    return Expert(username=username, score=math.fsum(part.points for part in parts), parts=parts)


def _part(kind: ContributionKind, contributions: Sequence[Contribution], weight: Weight, as_of: int) -> ScorePart:
    faded = math.fsum(one.share * 2 ** (-(as_of - one.at) / DAY_MS / weight.half_life_days) for one in contributions)
    saturated = math.log1p(faded) if kind is ContributionKind.DISCUSSED else faded
    return ScorePart(
        kind=kind,
        count=len(contributions),
        points=weight.points * saturated,
        last_at=max(one.at for one in contributions),
        merge_requests=tuple(sorted({one.mr_iid for one in contributions}, reverse=True)),
    )
