"""What resembles an item: by references, labels, paths and, where there are vectors, by meaning (related)."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.timeline import Expansion, ItemKey, Reference

_RANK_OFFSET = 60
"""The usual constant of reciprocal rank fusion."""


class Sign(StrEnum):
    REFERENCES = "references"
    MEANING = "meaning"
    PATHS = "paths"
    LABELS = "labels"


_WEIGHTS = {Sign.REFERENCES: 2.0, Sign.MEANING: 2.0, Sign.PATHS: 1.0, Sign.LABELS: 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resemblance:
    """One reason why an item is related; `detail` says it for people, `strength` orders those of one sign."""

    item: ItemKey
    sign: Sign
    strength: float
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedItem:
    item: ItemKey
    score: float
    reasons: tuple[Resemblance, ...]


def rank_related(resemblances: Iterable[Resemblance], *, without: ItemKey, limit: int) -> tuple[RelatedItem, ...]:
    """Fuse the signs by the ranks that they give: their strengths are in different units."""
    by_sign: dict[Sign, list[Resemblance]] = defaultdict(list)
    for one in resemblances:
        if one.item != without:
            by_sign[one.sign].append(one)
    scores: dict[ItemKey, float] = defaultdict(float)
    reasons: dict[ItemKey, list[Resemblance]] = defaultdict(list)
    for sign in Sign:
        for rank, one in enumerate(_strongest(by_sign[sign]), start=1):
            scores[one.item] += _WEIGHTS[sign] / (_RANK_OFFSET + rank)
            reasons[one.item].append(one)
    ranked = sorted(scores, key=lambda item: (-scores[item], item))[:limit]
    return tuple(RelatedItem(item=item, score=scores[item], reasons=tuple(reasons[item])) for item in ranked)


def _strongest(resemblances: Iterable[Resemblance]) -> list[Resemblance]:
    """Each item once."""
    best: dict[ItemKey, Resemblance] = {}
    for one in sorted(resemblances, key=lambda one: (-one.strength, one.item, one.detail)):
        best.setdefault(one.item, one)
    return list(best.values())


def by_references(expansion: Expansion) -> list[Resemblance]:
    """Items one reference away, then those that share one: the nearer, the stronger."""
    return [
        Resemblance(
            item=one.item,
            sign=Sign.REFERENCES,
            strength=1 / one.depth,
            detail=_how(one.via, one.item, one.depth),
        )
        for one in expansion.reached
        if one.via is not None
    ]


def _how(via: Reference, item: ItemKey, depth: int) -> str:
    return via.relation if depth == 1 else f"by way of {_name(via.source, via.target, item)}"


def _name(source: ItemKey, target: ItemKey, item: ItemKey) -> str:
    between = source if target == item else target
    return f"{between.project_path}{between.kind.sigil}{between.iid}"


def by_shared_names(
    sign: Sign, sharing: Mapping[str, Sequence[ItemKey]], used: Mapping[str, int], total: int
) -> list[Resemblance]:
    """Items that share labels or paths: the rarer those are, the stronger. `used` counts all items of a name."""
    strengths: dict[ItemKey, float] = defaultdict(float)
    names: dict[ItemKey, list[str]] = defaultdict(list)
    for name in sorted(sharing):
        rarity = _rarity(used.get(name, 0), total)
        for item in sharing[name]:
            strengths[item] += rarity
            names[item].append(name)
    return [
        Resemblance(item=item, sign=sign, strength=strength, detail=", ".join(names[item]))
        for item, strength in strengths.items()
    ]


def _rarity(used: int, total: int) -> float:
    return max(math.log((total + 1) / max(used, 1)), 0.0)
