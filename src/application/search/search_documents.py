"""Search issues, merge requests and discussions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from application.ports.document_search import DocumentSearch, FoundDocument, SearchFilter, TextHit
from application.reading.freshness import MirrorAge, TellFreshness
from application.reading.project_choice import ChooseProjects
from domain.document_records import DocumentPart
from domain.errors import UsageError
from domain.paging import cursor_for, read_cursor
from domain.query import QueryPlan, plan_query
from domain.refs import EntityKind, SourceType
from domain.snippets import Snippet, count_terms, snippet

FREQUENCY_CEILING = 20_000
"""Counting stops here: a term that common is common enough."""
DOCUMENTS_PER_RESULT = 5
FEWEST_DOCUMENTS = 100
MAX_PASSAGES = 3
DOCUMENTS_LOOKED_INTO = 20
"""Of one item, for the passages that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuestion:
    """`projects` are names as typed; none means all."""

    text: str
    filter: SearchFilter
    projects: tuple[str, ...] = ()
    limit: int = 20
    cursor: str | None = None
    require_fresh_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Why the item was found: a stretch of its description or of one note."""

    snippet: str
    highlights: tuple[tuple[int, int], ...]
    gitlab_note_id: int | None
    web_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    kind: EntityKind
    project_path: str
    iid: int
    title: str
    state: str
    author: str
    updated_at: int
    web_url: str
    score: float
    snippet: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    results: tuple[SearchResult, ...]
    total: int
    """Items among the documents that were looked at."""
    total_is_exact: bool
    """False: there may be more than `total`."""
    next_cursor: str | None
    mode: str
    terms: tuple[str, ...]
    freshness: MirrorAge


class SearchDocuments:
    """Words are tried all together first, then the rarest of them; results are items, the best passage first."""

    def __init__(
        self, *, documents: DocumentSearch, choose_projects: ChooseProjects, tell_freshness: TellFreshness
    ) -> None:
        self._documents = documents
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
        mark = (question.text, replace(chosen, created_since=None, created_until=None, updated_since=None))
        start = 0 if question.cursor is None else read_cursor(mark, question.cursor)[1]
        end = start + question.limit
        found = self._enough(plan, chosen, end)
        items = found.items
        return SearchAnswer(
            results=tuple(_result(item, plan) for item in items[start:end]),
            total=len(items),
            total_is_exact=found.is_all,
            next_cursor=cursor_for(mark, "", end) if len(items) > end else None,
            mode="lexical",
            terms=plan.terms,
            freshness=freshness,
        )

    def _frequency(self, expression: str) -> int:
        return self._documents.frequency(expression, at_most=FREQUENCY_CEILING)

    def _enough(self, plan: QueryPlan, chosen: SearchFilter, end: int) -> "_Found":
        """More than `end` items, or all that there are. A title counts in every thread of its item, so that one item
        may bring a hundred documents."""
        wanted = max(FEWEST_DOCUMENTS, end * DOCUMENTS_PER_RESULT)
        while True:
            found = self._first(plan, chosen, wanted)
            if found.is_all or len(found.items) > end:
                return found
            wanted *= 4

    def _first(self, plan: QueryPlan, chosen: SearchFilter, wanted: int) -> "_Found":
        hits: dict[int, TextHit] = {}
        for expression in plan.expressions:
            for hit in self._documents.by_text(expression, chosen, limit=wanted):
                hits.setdefault(hit.document_id, hit)
            if len(hits) >= wanted:
                break
        first = list(hits.values())[:wanted]
        found = self._documents.documents([hit.document_id for hit in first])
        items = _by_item((found[hit.document_id], hit.score) for hit in first if hit.document_id in found)
        return _Found(items=items, is_all=len(hits) < wanted)


_Scored = tuple[FoundDocument, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    items: Sequence[Sequence[_Scored]]
    is_all: bool


def _by_item(scored: Iterable[_Scored]) -> Sequence[Sequence[_Scored]]:
    """Documents grouped by their item, items and documents in the order in which they were found."""
    groups: dict[tuple[str, EntityKind, int], list[_Scored]] = {}
    for document, score in scored:
        groups.setdefault((document.project_path, document.kind, document.iid), []).append((document, score))
    return list(groups.values())


def _result(scored: Sequence[_Scored], plan: QueryPlan) -> SearchResult:
    best, score = scored[0]
    passages = _passages([document for document, _ in scored], plan.terms)
    return SearchResult(
        kind=best.kind,
        project_path=best.project_path,
        iid=best.iid,
        title=best.title,
        state=best.state,
        author=best.author,
        updated_at=best.updated_at,
        web_url=best.item_web_url,
        score=round(score, 4),
        snippet=passages[0].snippet,
        passages=passages,
    )


def _passages(documents: Sequence[FoundDocument], terms: tuple[str, ...]) -> tuple[Passage, ...]:
    """The parts with the most terms, at most one a document; where only the title has any, the best beginning."""
    best = [
        max(((count_terms(part.text, terms), document, part) for part in document.parts), key=lambda one: one[0])
        for document in documents[:DOCUMENTS_LOOKED_INTO]
        if document.parts
    ]
    telling = sorted((one for one in best if one[0]), key=lambda one: -one[0])[:MAX_PASSAGES]
    if telling:
        return tuple(_passage(document, part, terms) for _, document, part in telling)
    own = [document for document in documents if document.source_type is not SourceType.DISCUSSION and document.parts]
    shown = (own or documents)[0]
    part = shown.parts[0] if shown.parts else DocumentPart(text=shown.title)
    return (_passage(shown, part, terms),)


def _passage(document: FoundDocument, part: DocumentPart, terms: tuple[str, ...]) -> Passage:
    shown: Snippet = snippet(part.text, terms)
    anchor = "" if part.note_gitlab_id is None else f"#note_{part.note_gitlab_id}"
    return Passage(
        snippet=shown.text,
        highlights=shown.highlights,
        gitlab_note_id=part.note_gitlab_id,
        web_url=f"{document.item_web_url}{anchor}",
    )
