"""Which items may be the answer, by words and by meaning, and in what order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from application.ports.document_search import DocumentSearch, SearchFilter
from application.ports.vector_index import NearDocument
from application.search.meaning import AskedMeaning, MeaningSearch
from domain.query import QueryPlan
from domain.ranking import ItemId, Ranking, Scores, Weights, highest, lifted, scores_of

POOL = 100
"""The last of so many of the nearest tells what is no longer near."""
AS_TYPED = "it holds what was typed, letter by letter"
NAMED = "it is what was named"
NOTHING = Scores(of={}, low=0.0, high=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    ranking: Ranking
    is_all: bool
    """False: there may be more."""
    nearest: Mapping[ItemId, int]
    """The document with the passage that is nearest in meaning."""
    reasons: Mapping[ItemId, str]
    """Why some come before all others."""


class FindCandidates:
    """An item counts by all that is said in it, and by the best of its passages."""

    def __init__(self, *, documents: DocumentSearch, meanings: MeaningSearch) -> None:
        self._documents = documents
        self._meanings = meanings

    def __call__(
        self, plan: QueryPlan, asked: AskedMeaning | None, chosen: SearchFilter, weights: Weights, *, limit: int
    ) -> Candidates:
        """`limit` is how many each side is asked for; what is asked for decides who is first, not only how many."""
        tiers = self._by_words(plan, chosen, limit) if weights.text else []
        named = self._documents.named(plan.names, chosen) if plan.names and weights.text else frozenset()
        as_typed = self._documents.holding(plan.literals, tiers[0]) if plan.literals and tiers else frozenset()
        lifting = [dict.fromkeys(named, highest(tiers)), _only(as_typed, tiers[0]) if tiers else {}]
        words = scores_of(lifted([*filter(None, lifting), *tiers]))
        chunks, titles, nearest = NOTHING, NOTHING, dict[ItemId, int]()
        is_all = len(words.of) < limit
        if asked is not None:
            near = self._meanings.near(asked, chosen, limit=limit)
            items = self._documents.items_of({one.document_id for one in (*near.by_chunk, *near.by_title)})
            chunks, titles = _by_item(near.by_chunk, items), _by_item(near.by_title, items)
            nearest = {items[one.document_id]: one.document_id for one in reversed(near.by_chunk)}
            is_all = is_all and len(near.by_chunk) < limit and len(near.by_title) < limit
        ranking = Ranking(weights, text=words, chunk=chunks, title=titles)
        reasons = dict.fromkeys(as_typed, AS_TYPED) | dict.fromkeys(named, NAMED)
        return Candidates(ranking=ranking, is_all=is_all, nearest=nearest, reasons=reasons)

    def _by_words(self, plan: QueryPlan, chosen: SearchFilter, limit: int) -> list[dict[ItemId, float]]:
        """The strictest expression first; the looser ones only where that finds too little."""
        tiers: list[dict[ItemId, float]] = []
        for expression in plan.expressions:
            rare = plan.rare if expression == plan.expressions[-1] and chosen == SearchFilter() else ""
            tiers.append(self._best(expression, rare, chosen, limit))
            if len({item for tier in tiers for item in tier}) >= limit:
                break
        return tiers

    def _best(self, expression: str, rare: str, chosen: SearchFilter, limit: int) -> dict[ItemId, float]:
        """What has common terms only is worth looking at only where too little has a rare one: that saves half of the
        time in a large store, and changes next to nothing among the first. Behind a filter too little has one."""
        found = self._documents.by_text(expression, chosen, limit=limit, rare=rare)
        return found if len(found) >= limit or not rare else self._documents.by_text(expression, chosen, limit=limit)


def _only(items: Collection[ItemId], found: Mapping[ItemId, float]) -> dict[ItemId, float]:
    return {item: score for item, score in found.items() if item in items}


def _by_item(near: Sequence[NearDocument], items: Mapping[int, ItemId]) -> Scores:
    best: dict[ItemId, float] = {}
    for one in near:
        best.setdefault(items[one.document_id], one.similarity)
    return scores_of(best, pool=POOL)
