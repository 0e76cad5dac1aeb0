"""The route of search."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from application.ports.document_search import SearchFilter
from application.search.search_documents import SearchMode, SearchQuestion, SearchResult
from entrypoints.answers import paging
from entrypoints.choices import DocumentType, MergeRequestState, state_of
from entrypoints.http.answers import list_of
from entrypoints.http.parameters import (
    AskedSo,
    Box,
    Cursor,
    Labels,
    Limit,
    Name,
    Project,
    RequireFreshMs,
    When,
    begin_of,
    end_of,
    named,
)

router = APIRouter()


@router.get("/search", responses=list_of("results", SearchResult), summary="Find issues and merge requests")
def search(
    box: Box,
    asked: AskedSo,
    fresh: RequireFreshMs,
    labels: Labels,
    q: Annotated[str, Query(description="Any text.")],
    types: Annotated[list[DocumentType], Query(alias="type", default_factory=list)],
    project: Project = None,
    author: Name = None,
    state: MergeRequestState = MergeRequestState.ALL,
    path: Name = None,
    since: When = None,
    until: When = None,
    updated_since: When = None,
    mode: SearchMode = SearchMode.HYBRID,
    explain: bool = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    now = box.clock().now_ms()
    chosen = SearchFilter(
        source_types=tuple(one.source_type for one in types),
        author=author,
        labels=tuple(labels),
        state=state_of(state),
        path=path,
        created_since=begin_of("since", since, now=now),
        created_until=end_of("until", until, now=now),
        updated_since=begin_of("updated_since", updated_since, now=now),
    )
    found = box.search_documents()(
        SearchQuestion(
            text=q,
            filter=chosen,
            projects=named(project),
            limit=limit,
            cursor=cursor,
            require_fresh_ms=fresh,
            mode=mode,
            explain=explain,
        )
    )
    meta = {
        **paging(found.total, found.next_cursor),
        "total_is_exact": found.total_is_exact,
        "mode": found.mode,
        "terms": found.terms,
        "note": found.note,
        "freshness": found.freshness,
    }
    return asked.answer({"results": found.results}, meta)
