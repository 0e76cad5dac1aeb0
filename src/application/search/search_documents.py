"""Search issues, merge requests and discussions, by words and by meaning."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from application.ports.document_search import DocumentSearch, SearchFilter
from application.reading.freshness import MirrorAge, TellFreshness
from application.reading.project_choice import ChooseProjects
from application.search.candidates import Candidates, FindCandidates
from application.search.meaning import AskedMeaning, MeaningSearch
from application.search.results import (
    DOCUMENTS_LOOKED_INTO,
    Explanation,
    Nearest,
    Passage,
    SearchResult,
    explained,
    result,
)
from domain.errors import EmbedderUnavailable, UsageError
from domain.paging import cursor_for, read_cursor
from domain.query import QueryPlan, plan_query
from domain.ranking import MEANING_ONLY, WEIGHTS, ItemId, RankedItem
from domain.snippets import stem

__all__ = ["Explanation", "Passage", "SearchAnswer", "SearchDocuments", "SearchMode", "SearchQuestion", "SearchResult"]

MANY_ITEMS = 10_000
"""In a smaller store every item with any of the terms is looked at."""
COMMON, COMMONEST = 0.07, 10_000
"""A term that a larger share of the items has, or more items than that, is common; it is counted no further."""
FEWEST_CANDIDATES = 300
CANDIDATES_PER_RESULT = 3


class SearchMode(StrEnum):
    HYBRID = "hybrid"
    LEXICAL = "lexical"
    SEMANTIC = "semantic"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuestion:
    """`projects` are names as typed; none means all."""

    text: str
    filter: SearchFilter
    projects: tuple[str, ...] = ()
    limit: int = 20
    cursor: str | None = None
    require_fresh_ms: int | None = None
    mode: SearchMode = SearchMode.HYBRID
    explain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    results: tuple[SearchResult, ...]
    total: int
    """Items that were looked at."""
    total_is_exact: bool
    """False: there may be more than `total`."""
    next_cursor: str | None
    mode: str
    """In which it was searched, which is `lexical` where there are no vectors."""
    terms: tuple[str, ...]
    freshness: MirrorAge
    note: str = ""
    """Why it was searched in another way than asked, or not in all there is; empty where there is nothing to say."""


class SearchDocuments:
    """Results are items, each with the passages that show why it was found."""

    def __init__(
        self,
        *,
        documents: DocumentSearch,
        meanings: MeaningSearch,
        choose_projects: ChooseProjects,
        tell_freshness: TellFreshness,
    ) -> None:
        self._documents = documents
        self._meanings = meanings
        self._find_candidates = FindCandidates(documents=documents, meanings=meanings)
        self._choose_projects = choose_projects
        self._tell_freshness = tell_freshness

    def __call__(self, question: SearchQuestion) -> SearchAnswer:
        projects = self._choose_projects(question.projects)
        freshness = self._tell_freshness(projects, require_fresh_ms=question.require_fresh_ms)
        chosen = question.filter
        if question.projects:
            chosen = replace(chosen, project_ids=tuple(project.project_id for project in projects))
        plan = self._plan(question.text)
        if plan.is_empty:
            raise UsageError(
                "There is no word to search for.", suggestion='Give words, an identifier or a "phrase in quotes".'
            )
        asked, note = self._asked(question)
        mode = SearchMode.LEXICAL if asked is None else question.mode
        mark = (question.text, mode, replace(chosen, created_since=None, created_until=None, updated_since=None))
        start = 0 if question.cursor is None else read_cursor(mark, question.cursor)[1]
        end = start + question.limit
        found = self._enough(plan, asked, chosen, mode, end)
        shown = found.ranking.between(start, end)
        nearest = self._nearest([found.nearest[one.item] for one in shown if one.item in found.nearest], asked)
        return SearchAnswer(
            results=self._results(shown, chosen, plan, nearest, found.reasons if question.explain else None),
            total=len(found.ranking),
            total_is_exact=found.is_all and asked is None,
            next_cursor=cursor_for(mark, "", end) if len(found.ranking) > end else None,
            mode=mode,
            terms=plan.terms,
            freshness=freshness,
            note=note,
        )

    def _plan(self, text: str) -> QueryPlan:
        size = self._documents.size()
        common = min(int(COMMON * size), COMMONEST) if size > MANY_ITEMS else None
        counted_up_to = COMMONEST if common is None else common + 1
        return plan_query(
            text, lambda expression: self._documents.frequency(expression, at_most=counted_up_to), common=common
        )

    def _asked(self, question: SearchQuestion) -> tuple[AskedMeaning | None, str]:
        """What is asked as a meaning, and what there is to say about it."""
        if question.mode is SearchMode.LEXICAL:
            return None, ""
        asked = self._meanings.ask(question.text)
        if isinstance(asked, AskedMeaning):
            return asked, asked.note
        if question.mode is SearchMode.SEMANTIC:
            raise EmbedderUnavailable(asked, suggestion="Search by words: --mode lexical.", actions=("lore doctor",))
        return None, asked

    def _enough(
        self, plan: QueryPlan, asked: AskedMeaning | None, chosen: SearchFilter, mode: SearchMode, end: int
    ) -> Candidates:
        """More than `end` items, or all that there are."""
        weights = MEANING_ONLY if mode is SearchMode.SEMANTIC else WEIGHTS[plan.kind]
        wanted = max(FEWEST_CANDIDATES, end * CANDIDATES_PER_RESULT)
        while True:
            found = self._find_candidates(plan, asked, chosen, weights, limit=wanted)
            if found.is_all or len(found.ranking) > end:
                return found
            wanted *= 4

    def _results(
        self,
        items: Sequence[RankedItem],
        chosen: SearchFilter,
        plan: QueryPlan,
        nearest: Sequence[Nearest],
        reasons: Mapping[ItemId, str] | None,
    ) -> tuple[SearchResult, ...]:
        """`reasons` is None where nothing has to be explained."""
        typed = [*map(stem, plan.terms), *map(str.lower, plan.literals)]
        telling = self._documents.telling([one.item for one in items], chosen, typed, most=DOCUMENTS_LOOKED_INTO)
        near = {one.document.item: one for one in nearest}
        return tuple(
            result(
                one,
                telling[one.item],
                plan,
                near.get(one.item),
                explanation=None if reasons is None else explained(one, reasons.get(one.item)),
            )
            for one in items
            if telling[one.item]
        )

    def _nearest(self, ids: Collection[int], asked: AskedMeaning | None) -> list[Nearest]:
        """Of what was found by meaning, the passages to show where no word tells why."""
        if asked is None:
            return []
        meanings = self._meanings.of(asked, ids)
        return [
            Nearest(document=document, note_gitlab_id=meanings[key].note_gitlab_id)
            for key, document in self._documents.documents(ids).items()
            if key in meanings
        ]
