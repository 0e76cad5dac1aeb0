"""The routes of issues, merge requests and notes: lists with their filters, and one item with its threads."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from application.ports.item_reader import ItemFilter
from application.ports.note_reader import NoteFilter
from application.reading.list_items import ItemAnswer, ItemQuestion
from application.reading.list_notes import NoteQuestion
from application.reading.listed import ListedIssue, ListedMergeRequest, ListedNote
from application.reading.show_item import ItemToShow
from domain.dates import parse_date
from domain.refs import EntityKind
from entrypoints.answers import paging
from entrypoints.choices import IssueState, MergeRequestState, state_of
from entrypoints.http.answers import Asked, list_of
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
    named,
)
from entrypoints.whole_items import whole_item

router = APIRouter()


@router.get("/issues", responses=list_of("items", ListedIssue), summary="List issues")
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
        state=state_of(state),
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
            filter=chosen, projects=named(project), order=order, limit=limit, cursor=cursor, require_fresh_ms=fresh
        )
    )
    return _listed(asked, found)


@router.get("/mrs", responses=list_of("items", ListedMergeRequest), summary="List merge requests")
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
        state=state_of(state),
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
            filter=chosen, projects=named(project), order=order, limit=limit, cursor=cursor, require_fresh_ms=fresh
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


@router.get("/notes", responses=list_of("items", ListedNote), summary="List notes")
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
            filter=chosen, projects=named(project), ascending=asc, limit=limit, cursor=cursor, require_fresh_ms=fresh
        )
    )
    meta = {**paging(found.total, found.next_cursor), "freshness": found.freshness}
    return asked.answer({"items": found.items}, meta)


def _listed(asked: Asked, found: ItemAnswer) -> Response:
    meta = {**paging(found.total, found.next_cursor), "freshness": found.freshness}
    return asked.answer({"items": found.items}, meta)


def _shown(box: Box, asked: Asked, command: ItemToShow) -> Response:
    found = box.show_item()(command)
    return asked.answer({"item": whole_item(found.shown)}, {"freshness": found.freshness})
