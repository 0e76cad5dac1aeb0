"""One ranking out of several: words and meaning are weighed together, document by document and then item by item."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from domain.query import QueryKind

ItemId: TypeAlias = tuple[str, int]
"""The kind and local key of an issue or merge request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Of what tells that an item is what was asked for; together 1."""

    text: float
    chunk: float
    title: float


WEIGHTS = {
    QueryKind.KEYWORDS: Weights(text=0.7, chunk=0.15, title=0.15),
    QueryKind.QUESTION: Weights(text=0.65, chunk=0.3, title=0.05),
    QueryKind.IDENTIFIER: Weights(text=0.95, chunk=0.03, title=0.02),
}
"""A sum of normalised scores finds more than a fusion of ranks, which throws away how sure each side is; what is
typed literally wants the words, a question the meaning (spec/search.md)."""
MEANING_ONLY = Weights(text=0.0, chunk=0.6, title=0.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document that may be an answer. None: that side does not know it."""

    document_id: int
    item: ItemId
    text: float | None
    chunk: float | None
    title: float | None
    note_gitlab_id: int | None = None
    """The note that the nearest chunk comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What counts as nothing and what as full marks on one side; the same for every page of one search."""

    low: float
    high: float

    def share(self, value: float | None) -> float:
        """From 0 to 1."""
        if value is None or self.high <= self.low:
            return float(value is not None and value >= self.high)
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    text: Scale
    chunk: Scale
    title: Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one side says of an item: its own score and the rank by it, from 1. None: it does not know the item."""

    score: float | None
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedItem:
    """`documents` are the item's candidates, the best first."""

    score: float
    text: Side
    chunk: Side
    title: Side
    documents: tuple[Candidate, ...]


def ranked_items(candidates: Iterable[Candidate], weights: Weights, scales: Scales) -> tuple[RankedItem, ...]:
    """The best first. An item counts by the best that each side says of any of its documents."""
    groups: dict[ItemId, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.item, []).append(candidate)
    sides = {
        "text": _best(groups, lambda one: one.text),
        "chunk": _best(groups, lambda one: one.chunk),
        "title": _best(groups, lambda one: one.title),
    }
    ranks = {name: _ranks(scores) for name, scores in sides.items()}

    def side(name: str, item: ItemId) -> Side:
        return Side(score=sides[name].get(item), rank=ranks[name].get(item))

    items = [
        RankedItem(
            score=_weighed(weights, scales, *(sides[name].get(item) for name in ("text", "chunk", "title"))),
            text=side("text", item),
            chunk=side("chunk", item),
            title=side("title", item),
            documents=tuple(sorted(group, key=lambda one: (-_of(one, weights, scales), one.document_id))),
        )
        for item, group in groups.items()
    ]
    return tuple(sorted(items, key=lambda one: (-one.score, one.documents[0].document_id)))


def scale_of(scores: Sequence[float], *, pool: int) -> Scale:
    """From the score at the end of the first `pool` to the best one. `scores` fall."""
    return Scale(low=scores[:pool][-1], high=scores[0]) if scores else Scale(low=0.0, high=0.0)


def _of(one: Candidate, weights: Weights, scales: Scales) -> float:
    return _weighed(weights, scales, one.text, one.chunk, one.title)


def _weighed(weights: Weights, scales: Scales, text: float | None, chunk: float | None, title: float | None) -> float:
    return (
        weights.text * scales.text.share(text)
        + weights.chunk * scales.chunk.share(chunk)
        + weights.title * scales.title.share(title)
    )


def _best(
    groups: Mapping[ItemId, Sequence[Candidate]], score: Callable[[Candidate], float | None]
) -> dict[ItemId, float]:
    best: dict[ItemId, float] = {}
    for item, group in groups.items():
        known = [value for one in group if (value := score(one)) is not None]
        if known:
            best[item] = max(known)
    return best


def _ranks(scores: Mapping[ItemId, float]) -> dict[ItemId, int]:
    return {item: rank for rank, item in enumerate(sorted(scores, key=lambda one: -scores[one]), start=1)}
