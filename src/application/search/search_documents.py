"""Search issues, merge requests and discussions, by words and by meaning."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from application.ports.document_search import DocumentSearch, FoundDocument, SearchFilter, TextHit
from application.reading.freshness import MirrorAge, TellFreshness
from application.reading.project_choice import ChooseProjects
from application.search.hits import best_hits
from application.search.meaning import AskedMeaning, MeaningSearch
from application.search.results import DOCUMENTS_LOOKED_INTO, Explanation, Passage, SearchResult, result
from domain.errors import EmbedderUnavailable, UsageError
from domain.paging import cursor_for, read_cursor
from domain.query import QueryKind, QueryPlan, plan_query
from domain.ranking import MEANING_ONLY, WEIGHTS, Candidate, RankedItem, Scale, Scales, Side, ranked_items

__all__ = ["Explanation", "Passage", "SearchAnswer", "SearchDocuments", "SearchMode", "SearchQuestion", "SearchResult"]

FREQUENCY_CEILING = 20_000
"""Counting stops here: a term that common is common enough."""
DOCUMENTS_PER_RESULT = 5
FEWEST_DOCUMENTS = 100


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
    """Items among the documents that were looked at."""
    total_is_exact: bool
    """False: there may be more than `total`."""
    next_cursor: str | None
    mode: str
    """In which it was searched, which is `lexical` where there are no vectors."""
    terms: tuple[str, ...]
    freshness: MirrorAge
    note: str = ""
    """Why it was searched in another way than asked, or not in all there is; empty where there is nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    items: Sequence[RankedItem]
    is_all: bool


class SearchDocuments:
    """Words are tried all together first, then the rarest of them; results are items, the best passage first."""

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
        self._choose_projects = choose_projects
        self._tell_freshness = tell_freshness

    def __call__(self, question: SearchQuestion) -> SearchAnswer:
        projects = self._choose_projects(question.projects)
        freshness = self._tell_freshness(projects, require_fresh_ms=question.require_fresh_ms)
        chosen = question.filter
        if question.projects:
            chosen = replace(chosen, project_ids=tuple(project.project_id for project in projects))
        plan = plan_query(question.text, self._frequency)
        if plan.is_empty:
            raise UsageError(
                "There is no word to search for.", suggestion='Give words, an identifier or a "phrase in quotes".'
            )
        asked, note = self._asked(question)
        mode = SearchMode.LEXICAL if asked is None else question.mode
        mark = (question.text, mode, replace(chosen, created_since=None, created_until=None, updated_since=None))
        start = 0 if question.cursor is None else read_cursor(mark, question.cursor)[1]
        end = start + question.limit
        found = self._enough(plan, chosen, end, asked, mode)
        return SearchAnswer(
            results=self._results(found.items[start:end], plan, explained=question.explain),
            total=len(found.items),
            total_is_exact=found.is_all and asked is None,
            next_cursor=cursor_for(mark, "", end) if len(found.items) > end else None,
            mode=mode,
            terms=plan.terms,
            freshness=freshness,
            note=note,
        )

    def _frequency(self, expression: str) -> int:
        return self._documents.frequency(expression, at_most=FREQUENCY_CEILING)

    def _asked(self, question: SearchQuestion) -> tuple[AskedMeaning | None, str]:
        """What is asked as a meaning, and what there is to say about it."""
        if question.mode is SearchMode.LEXICAL:
            return None, ""
        asked = self._meanings.ask(question.text)
        if isinstance(asked, AskedMeaning):
            return asked, asked.note
        if question.mode is SearchMode.SEMANTIC:
            raise EmbedderUnavailable(asked, suggestion="Search by words: --mode lexical.", actions=("lore embed",))
        return None, asked

    def _enough(
        self, plan: QueryPlan, chosen: SearchFilter, end: int, asked: AskedMeaning | None, mode: SearchMode
    ) -> _Found:
        """More than `end` items, or all that there are. A title counts in every thread of its item, so that one item
        may bring a hundred documents."""
        wanted = max(FEWEST_DOCUMENTS, end * DOCUMENTS_PER_RESULT)
        while True:
            hits = () if mode is SearchMode.SEMANTIC else self._hits(plan, chosen, wanted)
            if asked is None:
                found = self._by_words(hits, is_all=len(hits) < wanted)
            else:
                found = self._by_meaning_too(hits, plan, chosen, asked, mode, wanted)
            if found.is_all or len(found.items) > end:
                return found
            wanted *= 4

    def _hits(self, plan: QueryPlan, chosen: SearchFilter, wanted: int) -> Sequence[TextHit]:
        """The best first. Of an identifier, what holds it as it was typed comes before what holds its parts."""
        found: list[Sequence[TextHit]] = []
        for expression in plan.expressions:
            found.append(self._documents.by_text(expression, chosen, limit=wanted))
            if len({hit.document_id for hits in found for hit in hits}) >= wanted:
                break
        return best_hits(found, literal_first=plan.kind is QueryKind.IDENTIFIER)[:wanted]

    def _by_words(self, hits: Sequence[TextHit], *, is_all: bool) -> _Found:
        known = self._documents.documents([hit.document_id for hit in hits])
        groups: dict[tuple[str, int], list[Candidate]] = {}
        for hit in hits:
            if hit.document_id in known:
                item = _item_of(known[hit.document_id])
                groups.setdefault(item, []).append(_by_text(hit, item))
        items = [_by_text_alone(group, rank) for rank, group in enumerate(groups.values(), start=1)]
        return _Found(items=items, is_all=is_all)

    def _by_meaning_too(
        self,
        hits: Sequence[TextHit],
        plan: QueryPlan,
        chosen: SearchFilter,
        asked: AskedMeaning,
        mode: SearchMode,
        wanted: int,
    ) -> _Found:
        near = self._meanings.near(asked, chosen, limit=wanted)
        texts = {hit.document_id: hit.score for hit in hits}
        meanings = self._meanings.of(asked, dict.fromkeys((*texts, *near.document_ids)))
        candidates = [
            Candidate(
                document_id=number,
                item=meaning.item,
                text=texts.get(number),
                chunk=meaning.chunk,
                title=meaning.title,
                note_gitlab_id=meaning.note_gitlab_id,
            )
            for number, meaning in meanings.items()
        ]
        scales = Scales(text=Scale(low=0.0, high=max(texts.values(), default=0.0)), chunk=near.chunk, title=near.title)
        weights = MEANING_ONLY if mode is SearchMode.SEMANTIC else WEIGHTS[plan.kind]
        is_all = len(hits) < wanted and len(near.document_ids) < wanted
        return _Found(items=ranked_items(candidates, weights, scales), is_all=is_all)

    def _results(self, items: Iterable[RankedItem], plan: QueryPlan, *, explained: bool) -> tuple[SearchResult, ...]:
        shown = [(item, [one.document_id for one in item.documents[:DOCUMENTS_LOOKED_INTO]]) for item in items]
        known = self._documents.documents([number for _, numbers in shown for number in numbers])
        found = [(item, [known[number] for number in numbers if number in known]) for item, numbers in shown]
        return tuple(result(item, documents, plan.terms, explained=explained) for item, documents in found if documents)


def _item_of(document: FoundDocument) -> tuple[str, int]:
    return f"{document.project_path}{document.kind.sigil}", document.iid


def _by_text(hit: TextHit, item: tuple[str, int]) -> Candidate:
    return Candidate(document_id=hit.document_id, item=item, text=hit.score, chunk=None, title=None)


def _by_text_alone(group: Sequence[Candidate], rank: int) -> RankedItem:
    unknown = Side(score=None, rank=None)
    score = group[0].text or 0.0
    text = Side(score=score, rank=rank)
    return RankedItem(score=score, text=text, chunk=unknown, title=unknown, documents=tuple(group))
