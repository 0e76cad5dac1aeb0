"""One ranking out of several: what the words, the passages and the titles say of an item is weighed together."""

from collections.abc import Mapping, Sequence
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
MEANING_ONLY = Weights(text=0.0, chunk=0.8, title=0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What one side knows: a score for each of its items, and which scores count as nothing and as full marks."""

    of: Mapping[ItemId, float]
    low: float
    high: float

    def share(self, item: ItemId) -> float:
        """From 0 to 1."""
        score = self.of.get(item)
        if score is None or self.high <= self.low:
            return float(score is not None and score >= self.high)
        return min(1.0, max(0.0, (score - self.low) / (self.high - self.low)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one side says of an item: its own score and the rank by it, from 1. None: it does not know the item."""

    score: float | None
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedItem:
    item: ItemId
    score: float
    text: Side
    chunk: Side
    title: Side


class Ranking:
    """Items, the best first. What each side says is worked out for those that are asked for."""

    def __init__(self, weights: Weights, *, text: Scores, chunk: Scores, title: Scores) -> None:
        self._sides = (text, chunk, title)
        self._scores = {
            item: weights.text * text.share(item)
            + weights.chunk * chunk.share(item)
            + weights.title * title.share(item)
            for item in dict.fromkeys((*text.of, *chunk.of, *title.of))
        }
        self._items = sorted(self._scores, key=lambda item: (-self._scores[item], item))

    def __len__(self) -> int:
        return len(self._items)

    def between(self, start: int, end: int) -> tuple[RankedItem, ...]:
        ranks = [_ranks(side.of) for side in self._sides]
        return tuple(self._ranked(item, ranks) for item in self._items[start:end])

    def _ranked(self, item: ItemId, ranks: Sequence[Mapping[ItemId, int]]) -> RankedItem:
        text, chunk, title = (
            Side(score=side.of.get(item), rank=rank.get(item)) for side, rank in zip(self._sides, ranks, strict=True)
        )
        return RankedItem(item=item, score=self._scores[item], text=text, chunk=chunk, title=title)


def scores_of(found: Mapping[ItemId, float], *, pool: int | None = None) -> Scores:
    """Full marks for the best; nothing for 0, or with `pool` for the last of so many of the best."""
    falling = sorted(found.values(), reverse=True)
    if not falling:
        return Scores(of=found, low=0.0, high=0.0)
    return Scores(of=found, low=0.0 if pool is None else falling[:pool][-1], high=falling[0])


def lifted(tiers: Sequence[Mapping[ItemId, float]]) -> dict[ItemId, float]:
    """Several rankings made into one, the strictest first: what a stricter one knows comes before all others."""
    step = highest(tiers)
    scores: dict[ItemId, float] = {}
    for place, tier in enumerate(tiers):
        for item, score in tier.items():
            scores.setdefault(item, score + step * (len(tiers) - 1 - place))
    return scores


def highest(tiers: Sequence[Mapping[ItemId, float]]) -> float:
    """The best score that any of them has; 1 where none has one."""
    return max((score for tier in tiers for score in tier.values()), default=1.0)


def _ranks(scores: Mapping[ItemId, float]) -> dict[ItemId, int]:
    return {item: rank for rank, item in enumerate(sorted(scores, key=lambda one: (-scores[one], one)), start=1)}
