"""The routes: each turns its parameters into a use-case's question, and the result into an answer.

They are plain `def`: FastAPI runs them in its threads, and the core they call is synchronous.
"""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from application.operations.doctor import Examine, HealthReport
from application.operations.read_status import StatusQuestion
from application.operations.sync_runs import FindRuns, RunReport
from application.ports.document_search import SearchFilter
from application.ports.item_reader import ItemFilter
from application.ports.note_reader import NoteFilter
from application.reading.list_items import ItemAnswer, ItemQuestion
from application.reading.list_notes import NoteQuestion
from application.reading.listed import ListedIssue, ListedMergeRequest, ListedNote
from application.reading.show_item import ItemToShow
from application.search.search_documents import SearchMode, SearchQuestion, SearchResult
from domain.dates import parse_date
from domain.refs import EntityKind, SourceType
from domain.runs import RunMode, RunStatus
from entrypoints.answers import paging
from entrypoints.http.answers import Asked, response_schema
from entrypoints.http.parameters import (
    AskedSo,
    Box,
    Cursor,
    Iid,
    Labels,
    Limit,
    Name,
    OptionalIid,
    Order,
    Project,
    RequireFreshMs,
    When,
    begin_of,
    end_of,
)
from entrypoints.schemas import Schema, schema_of
from entrypoints.whole_items import whole_item

router = APIRouter(prefix="/api/v1")
_UNHEALTHY = 503


class IssueState(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"
    ALL = "all"


class MergeRequestState(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"
    MERGED = "merged"
    LOCKED = "locked"
    ALL = "all"


class DocumentType(StrEnum):
    ISSUE = "issue"
    MR = "mr"
    DISCUSSION = "discussion"


def _list_of(name: str, record: type) -> dict[int | str, Schema]:
    items = {"type": "array", "items": schema_of(record)}
    return {200: response_schema({"type": "object", "properties": {name: items}, "required": [name]})}


def _state(state: IssueState | MergeRequestState) -> str | None:
    return None if state.value == "all" else state.value


@router.get("/issues", responses=_list_of("items", ListedIssue), summary="List issues")
def issues(
    box: Box,
    asked: AskedSo,
    order: Order,
    fresh: RequireFreshMs,
    labels: Labels,
    project: Project = None,
    state: IssueState = IssueState.ALL,
    author: Name = None,
    assignee: Name = None,
    milestone: Name = None,
    since: When = None,
    until: When = None,
    due_before: Name = None,
    has_due: Annotated[bool, Query()] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    now = box.clock().now_ms()
    chosen = ItemFilter(
        kind=EntityKind.ISSUE,
        state=_state(state),
        author=author,
        assignee=assignee,
        labels=tuple(labels),
        milestone=milestone,
        updated_since=begin_of("since", since, now=now),
        updated_until=end_of("until", until, now=now),
        due_before=None if due_before is None else parse_date(due_before),
        has_due=has_due,
    )
    found = box.list_items()(
        ItemQuestion(
            filter=chosen, projects=_named(project), order=order, limit=limit, cursor=cursor, require_fresh_ms=fresh
        )
    )
    return _listed(asked, found)


@router.get("/mrs", responses=_list_of("items", ListedMergeRequest), summary="List merge requests")
def mrs(
    box: Box,
    asked: AskedSo,
    order: Order,
    fresh: RequireFreshMs,
    labels: Labels,
    project: Project = None,
    state: MergeRequestState = MergeRequestState.ALL,
    author: Name = None,
    assignee: Name = None,
    reviewer: Name = None,
    milestone: Name = None,
    draft: Annotated[bool | None, Query()] = None,
    source: Name = None,
    target: Name = None,
    since: When = None,
    until: When = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    now = box.clock().now_ms()
    chosen = ItemFilter(
        kind=EntityKind.MERGE_REQUEST,
        state=_state(state),
        author=author,
        assignee=assignee,
        reviewer=reviewer,
        labels=tuple(labels),
        milestone=milestone,
        draft=draft,
        source_branch=source,
        target_branch=target,
        updated_since=begin_of("since", since, now=now),
        updated_until=end_of("until", until, now=now),
    )
    found = box.list_items()(
        ItemQuestion(
            filter=chosen, projects=_named(project), order=order, limit=limit, cursor=cursor, require_fresh_ms=fresh
        )
    )
    return _listed(asked, found)


@router.get("/issues/{iid}", summary="One issue with its threads")
def issue(box: Box, asked: AskedSo, fresh: RequireFreshMs, iid: Iid, project: Project = None) -> Response:
    return _shown(box, asked, ItemToShow(kind=EntityKind.ISSUE, iid=iid, project=project, require_fresh_ms=fresh))


@router.get("/mrs/{iid}", summary="One merge request with its threads")
def mr(box: Box, asked: AskedSo, fresh: RequireFreshMs, iid: Iid, project: Project = None) -> Response:
    command = ItemToShow(kind=EntityKind.MERGE_REQUEST, iid=iid, project=project, require_fresh_ms=fresh)
    return _shown(box, asked, command)


@router.get("/notes", responses=_list_of("items", ListedNote), summary="List notes")
def notes(
    box: Box,
    asked: AskedSo,
    fresh: RequireFreshMs,
    project: Project = None,
    author: Name = None,
    type: Annotated[str | None, Query(pattern="^(DiffNote|DiscussionNote)$")] = None,  # noqa: A002 - the API's word
    path: Name = None,
    text: Name = None,
    since: When = None,
    until: When = None,
    issue: OptionalIid = None,
    mr: OptionalIid = None,
    resolved: Annotated[bool | None, Query()] = None,
    system: Annotated[bool, Query()] = False,
    asc: Annotated[bool, Query()] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    now = box.clock().now_ms()
    kind = EntityKind.ISSUE if issue is not None else EntityKind.MERGE_REQUEST if mr is not None else None
    chosen = NoteFilter(
        author=author,
        type=type,
        path=path,
        text=text,
        created_since=begin_of("since", since, now=now),
        created_until=end_of("until", until, now=now),
        kind=kind,
        iid=issue if issue is not None else mr,
        resolved=resolved,
        system=system,
    )
    found = box.list_notes()(
        NoteQuestion(
            filter=chosen, projects=_named(project), ascending=asc, limit=limit, cursor=cursor, require_fresh_ms=fresh
        )
    )
    meta = {**paging(found.total, found.next_cursor), "freshness": found.freshness}
    return asked.answer({"items": found.items}, meta)


@router.get("/search", responses=_list_of("results", SearchResult), summary="Find issues and merge requests")
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
    names = {DocumentType.MR: SourceType.MERGE_REQUEST}
    chosen = SearchFilter(
        source_types=tuple(names.get(one) or SourceType(one.value) for one in types),
        author=author,
        labels=tuple(labels),
        state=_state(state),
        path=path,
        created_since=begin_of("since", since, now=now),
        created_until=end_of("until", until, now=now),
        updated_since=begin_of("updated_since", updated_since, now=now),
    )
    found = box.search_documents()(
        SearchQuestion(
            text=q,
            filter=chosen,
            projects=_named(project),
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


@router.get("/sync-runs", responses=_list_of("runs", RunReport), summary="The run ledger")
def sync_runs(
    box: Box,
    asked: AskedSo,
    run_id: Name = None,
    state: Annotated[RunStatus | None, Query()] = None,
    mode: Annotated[RunMode | None, Query()] = None,
    limit: Limit = 20,
) -> Response:
    runs = box.list_sync_runs()(FindRuns(run_id=run_id, state=state, mode=mode, limit=None))
    meta = {"total": len(runs), "truncated": len(runs) > limit}
    return asked.answer({"runs": runs[:limit]}, meta)


@router.get("/status", summary="How every project of the store stands")
def status(box: Box, asked: AskedSo, fresh: RequireFreshMs, project: Project = None) -> Response:
    found = box.read_status()(StatusQuestion(projects=_named(project), require_fresh_ms=fresh))
    data = {"projects": found.projects, "documents_due": found.documents_due, "last_run": found.last_run}
    return asked.answer(data, {"freshness": found.freshness})


@router.get("/health", responses={200: response_schema(schema_of(HealthReport))}, summary="Whether all is ready")
def health(box: Box, asked: AskedSo) -> Response:
    report = box.doctor()(Examine(quick=True))
    return asked.answer(report, {}, status=200 if report.ready else _UNHEALTHY)


def _named(project: str | None) -> tuple[str, ...]:
    return (project,) if project else ()


def _listed(asked: Asked, found: ItemAnswer) -> Response:
    meta = {**paging(found.total, found.next_cursor), "freshness": found.freshness}
    return asked.answer({"items": found.items}, meta)


def _shown(box: Box, asked: Asked, command: ItemToShow) -> Response:
    found = box.show_item()(command)
    return asked.answer({"item": whole_item(found.shown)}, {"freshness": found.freshness})
