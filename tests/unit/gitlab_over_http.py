"""A GitLab for unit tests: what is given, answered to httpx without a network, and answers made up one by one."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import httpx

from adapters.gitlab.reader import HttpGitLabReader
from adapters.gitlab.readers import Habits, HttpGitLabs, InstanceConnection
from adapters.gitlab.retries import Patience
from adapters.memory.clock import MemoryClock
from contracts.builders import BASE_URL, INSTANCE
from contracts.gitlab_rows import dependent_row, item_row, project_row
from contracts.gitlab_scenarios import GivenGitLab, GivenItem, GivenProject
from domain.refs import DependentKind, EntityKind

TOKEN = "glpat-secret-of-the-tests"
DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
"""Where a `MemoryClock` begins."""

Reply = httpx.Response | Exception
Handler = Callable[[httpx.Request], httpx.Response]

_SETS = {
    "discussions": DependentKind.DISCUSSIONS,
    "resource_state_events": DependentKind.STATE_EVENTS,
    "resource_label_events": DependentKind.LABEL_EVENTS,
    "resource_milestone_events": DependentKind.MILESTONE_EVENTS,
    "links": DependentKind.ISSUE_LINKS,
    "closes_issues": DependentKind.CLOSES_ISSUES,
    "diffs": DependentKind.DIFFS,
    "commits": DependentKind.COMMITS,
}
_ITEM = re.compile(r"/api/v4/projects/(\d+)/(issues|merge_requests)(?:/(\d+)(?:/(\w+)(?:/(\w+))?)?)?")


def reply(
    value: object = None, *, status: int = 200, headers: Mapping[str, str | None] | None = None
) -> httpx.Response:
    """JSON, unless bytes are given; a header that is None is left out."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    known: dict[str, str | None] = {"Date": DATE, "Content-Type": "application/json", **(headers or {})}
    sent = {key: text for key, text in known.items() if text is not None}
    return httpx.Response(status, content=content, headers=sent)


def reader_of(
    handler: Handler, clock: MemoryClock | None = None, *, patience: Patience | None = None, **connection: Any
) -> HttpGitLabReader:
    """A reader whose every request is answered by `handler`; waits take no time and jitter is nil."""
    known: dict[str, Any] = {"name": INSTANCE, "url": BASE_URL, "token": lambda: TOKEN}
    habits = Habits(
        version="1.2.3", http=httpx.MockTransport(handler), jitter=lambda: 0.0, patience=patience or Patience()
    )
    gitlabs = HttpGitLabs([InstanceConnection(**(known | connection))], clock or MemoryClock(), habits)
    return gitlabs.reader(INSTANCE)


class Script:
    """Gives its replies in turn, the last one for ever; keeps the requests."""

    def __init__(self, *replies: Reply) -> None:
        self._replies: Sequence[Reply] = replies
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        told = self._replies[min(len(self.requests), len(self._replies) - 1)]
        self.requests.append(request)
        if isinstance(told, Exception):
            raise told
        return httpx.Response(told.status_code, content=told.content, headers=told.headers)

    @property
    def targets(self) -> list[str]:
        return [request.url.raw_path.decode() for request in self.requests]


class GivenServer:
    """Answers for a `GivenGitLab`; with `keyset` issue lists page by cursor, as from 18.3 on."""

    def __init__(self, world: GivenGitLab, *, keyset: bool = False) -> None:
        self._world = world
        self._keyset = keyset

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().partition("?")[0]
        match path.split("/")[3:]:
            case ["metadata"]:
                return reply({"version": "18.5.0-ee", "enterprise": True})
            case ["user"]:
                return reply({"id": 5, "username": "reader", "name": "Reader"})
            case ["personal_access_tokens", "self"]:
                return reply({"scopes": ["read_api"], "expires_at": "2027-01-01"})
            case ["groups", group, "projects"]:
                return self._group(unquote(group))
            case ["projects", name]:
                return self._project(unquote(name))
        found = _ITEM.fullmatch(path)
        return self._of_project(request, found.groups()) if found else _not_found()

    def _project(self, name: str) -> httpx.Response:
        for home in self._world.projects:
            if name in {home.project.path, str(home.project.gitlab_id)}:
                return reply(project_row(home.project))
            if name in home.former_paths:
                # as gitlab.yml may say it: another scheme and port
                where = f"http://gitlab.example.com:8080/api/v4/projects/{home.project.gitlab_id}"
                return reply(b"moved", status=301, headers={"Location": where})
        return _not_found()

    def _group(self, group: str) -> httpx.Response:
        below = [home.project for home in self._world.projects if home.project.path.startswith(f"{group}/")]
        rows = [project_row(project) for project in below]
        return reply(rows) if below else _not_found()

    def _of_project(self, request: httpx.Request, parts: tuple[str | Any, ...]) -> httpx.Response:
        project_id, word, iid, name, discussion_id = parts
        kind = EntityKind.ISSUE if word == "issues" else EntityKind.MERGE_REQUEST
        home = next((it for it in self._world.projects if it.project.gitlab_id == int(project_id)), None)
        if home is None:
            return _not_found()
        if iid is None:
            return self._list(request, home, kind)
        item = next((it for it in home.items if (it.entity.kind, it.entity.iid) == (kind, int(iid))), None)
        if item is None or (name is not None and name not in _SETS):
            return _not_found()
        return self._item(request, home, item, name, discussion_id)

    @staticmethod
    def _item(
        request: httpx.Request, home: GivenProject, item: GivenItem, name: str | None, discussion_id: str | None
    ) -> httpx.Response:
        if name is None:
            return reply(item_row(item.entity, home.project))
        rows = [dependent_row(record) for record in item.sets.get(_SETS[name], ())]
        if discussion_id is not None:
            row = next((row for row in rows if row["id"] == discussion_id), None)
            return reply(row) if row else _not_found()
        return reply(rows) if name == "links" else offset_page(request, rows)

    def _list(self, request: httpx.Request, home: GivenProject, kind: EntityKind) -> httpx.Response:
        entities = [item.entity for item in home.items if item.entity.kind is kind]
        by_creation = request.url.params.get("order_by") == "created_at"
        ordered = sorted(entities, key=lambda entity: (0 if by_creation else entity.updated_at, entity.gitlab_id))
        rows = [item_row(entity, home.project) for entity in ordered]
        after = request.url.params.get("updated_after")
        rows = [row for row in rows if after is None or row["updated_at"] >= after]
        if self._keyset and kind is EntityKind.ISSUE and request.url.params.get("pagination") == "keyset":
            return keyset_page(request, rows)
        return offset_page(request, rows)


def offset_page(request: httpx.Request, rows: Sequence[object]) -> httpx.Response:
    per_page, page = int(request.url.params["per_page"]), int(request.url.params.get("page", "1"))
    found = rows[(page - 1) * per_page : page * per_page]
    following = str(page + 1) if page * per_page < len(rows) else ""
    return reply(found, headers={"X-Page": str(page), "X-Next-Page": following})


def keyset_page(request: httpx.Request, rows: Sequence[object]) -> httpx.Response:
    start = int(request.url.params.get("cursor", "0"))
    end = start + int(request.url.params["per_page"])
    link = f'<https://elsewhere.example.com/api/v4/x?cursor={end}&per_page=100>; rel="next"'
    return reply(rows[start:end], headers={"Link": link} if end < len(rows) else {})


def _not_found() -> httpx.Response:
    return reply({"message": "404 Not found"}, status=404)
