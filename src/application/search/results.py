"""What a search answers: items, each with the passages that show why it was found."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.document_search import FoundDocument
from domain.document_records import DocumentPart
from domain.query import QueryPlan
from domain.ranking import RankedItem, Side
from domain.refs import EntityKind, SourceType
from domain.snippets import Snippet, count_terms, snippet

MAX_PASSAGES = 3
DOCUMENTS_LOOKED_INTO = 3
"""Of one item, the best ones, for the passages that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Why the item was found: a stretch of its description or of one note."""

    snippet: str
    highlights: tuple[tuple[int, int], ...]
    gitlab_note_id: int | None
    web_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What each side says of the item; its score is their weighed sum."""

    text: Side
    chunk: Side
    title: Side
    reasons: tuple[str, ...]


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
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The item's document with the passage nearest to what was asked, and the note that this comes from."""

    document: FoundDocument
    note_gitlab_id: int | None


def result(
    item: RankedItem,
    documents: Sequence[FoundDocument],
    plan: QueryPlan,
    nearest: Nearest | None,
    *,
    explanation: Explanation | None,
) -> SearchResult:
    """`documents` are the item's own, the most telling first."""
    best = documents[0]
    passages = _passages(documents, plan, nearest)
    return SearchResult(
        kind=best.kind,
        project_path=best.project_path,
        iid=best.iid,
        title=best.title,
        state=best.state,
        author=best.author,
        updated_at=best.updated_at,
        web_url=best.item_web_url,
        score=round(item.score, 4),
        snippet=passages[0].snippet,
        passages=passages,
        explanation=explanation,
    )


def explained(item: RankedItem, reason: str | None) -> Explanation:
    """`reason` is why it comes before all others, if it does."""
    said = (("text", item.text), ("chunk", item.chunk), ("title", item.title))
    ranks = (f"number {side.rank} by {_SIDES[name]}" for name, side in said if side.rank is not None)
    return Explanation(
        text=_rounded(item.text),
        chunk=_rounded(item.chunk),
        title=_rounded(item.title),
        reasons=(*filter(None, (reason,)), *ranks),
    )


_SIDES = {"text": "its words", "chunk": "the meaning of a passage", "title": "the meaning of its title"}


def _rounded(side: Side) -> Side:
    return side if side.score is None else Side(score=round(side.score, 4), rank=side.rank)


def _passages(documents: Sequence[FoundDocument], plan: QueryPlan, nearest: Nearest | None) -> tuple[Passage, ...]:
    """The parts with the most of what was typed, at most one a document; where no part has any, the nearest in
    meaning, or the best beginning."""
    best = [
        max(((_count(part.text, plan), document, part) for part in document.parts), key=lambda one: one[0])
        for document in documents
        if document.parts
    ]
    telling = sorted((one for one in best if any(one[0])), key=lambda one: one[0], reverse=True)[:MAX_PASSAGES]
    if telling:
        return tuple(_passage(document, part, plan.terms) for _, document, part in telling)
    return (_passage(*_without_terms(documents, nearest), plan.terms),)


def _count(text: str, plan: QueryPlan) -> tuple[int, int]:
    """How many literals and how many terms it holds."""
    return sum(literal in text for literal in plan.literals), count_terms(text, plan.terms)


def _without_terms(documents: Sequence[FoundDocument], nearest: Nearest | None) -> tuple[FoundDocument, DocumentPart]:
    if nearest is not None:
        for part in nearest.document.parts:
            if part.note_gitlab_id == nearest.note_gitlab_id:
                return nearest.document, part
    own = [document for document in documents if document.source_type is not SourceType.DISCUSSION and document.parts]
    shown = (own or documents)[0]
    return shown, shown.parts[0] if shown.parts else DocumentPart(text=shown.title)


def _passage(document: FoundDocument, part: DocumentPart, terms: tuple[str, ...]) -> Passage:
    shown: Snippet = snippet(part.text, terms)
    anchor = "" if part.note_gitlab_id is None else f"#note_{part.note_gitlab_id}"
    return Passage(
        snippet=shown.text,
        highlights=shown.highlights,
        gitlab_note_id=part.note_gitlab_id,
        web_url=f"{document.item_web_url}{anchor}",
    )
