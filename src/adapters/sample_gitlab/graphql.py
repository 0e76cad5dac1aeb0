"""`POST /api/graphql`: the work items of a project with their status, as far as the version has it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from adapters.sample_gitlab.answering import Call
from adapters.sample_gitlab.graphql_query import BadQuery, Field, Fragment, Reader
from adapters.sample_gitlab.messages import Refused, Response
from adapters.sample_gitlab.model import Issue, Project
from adapters.sample_gitlab.times import microseconds

Node = Mapping[str, object]
Resolver = Callable[[Mapping[str, object]], object]
_PAGE = 100
_SYSTEM_STATUS = "gid://gitlab/WorkItems::Statuses::SystemDefined::Status"
_DEFAULT_STATUS: dict[str, Node] = {
    "opened": {
        "id": f"{_SYSTEM_STATUS}/1",
        "name": "To do",
        "category": "to_do",
        "color": "#737278",
        "iconName": "status-waiting",
    },
    "closed": {
        "id": f"{_SYSTEM_STATUS}/3",
        "name": "Done",
        "category": "done",
        "color": "#108548",
        "iconName": "status-success",
    },
}
_TYPES = {"Project", "WorkItem", "WorkItemWidgetStatus", "WorkItemWidgetDescription", "WorkItemStatus"}


def graphql(call: Call) -> Response:
    """Errors come with status 200, as GitLab answers them; only a bad token is 401."""
    try:
        asked = json.loads(call.request.body)
        query, variables = asked["query"], asked.get("variables") or {}
    except (ValueError, KeyError, TypeError) as bad:
        raise Refused(_errors("Unexpected end of document")) from bad
    try:
        selection = Reader.of(query, variables).query()
        schema = _Schema(call)
        schema.check(selection)
        return call.one({"data": schema.select(_root(call), selection)})
    except BadQuery as bad:
        return _errors(str(bad))


def _errors(text: str) -> Response:
    return Response(200, json.dumps({"errors": [{"message": text}]}).encode())


class _Schema:
    """Picks the fields asked for out of nodes, and knows which types and fields there are."""

    def __init__(self, call: Call) -> None:
        self._status = call.settings.profile.status
        self._types = _TYPES if self._status != "none" else _TYPES - {"WorkItemWidgetStatus", "WorkItemStatus"}

    def select(self, node: object, selection: Sequence[Field | Fragment]) -> object:
        if isinstance(node, list):
            return [self.select(one, selection) for one in node]
        if not isinstance(node, Mapping):
            return node
        found: dict[str, object] = {}
        for part in selection:
            if isinstance(part, Fragment):
                found |= self._fragment(node, part)
            else:
                found[part.alias] = self._field(node, part)
        return found

    def _fragment(self, node: Node, part: Fragment) -> dict[str, object]:
        if node["__typename"] != part.type_name:
            return {}
        picked = self.select(node, part.selection)
        return dict(picked) if isinstance(picked, Mapping) else {}

    def _field(self, node: Node, part: Field) -> object:
        if part.name not in node:
            raise BadQuery(f"Field '{part.name}' doesn't exist on type '{node['__typename']}'")
        value = node[part.name]
        if callable(value):
            value = value(part.arguments)
        return self.select(value, part.selection)

    def check(self, selection: Sequence[Field | Fragment]) -> None:
        """Refuses types that this version has not, wherever they are named, before anything is answered."""
        for part in selection:
            if isinstance(part, Fragment):
                if part.type_name not in self._types:
                    raise BadQuery(f"No such type {part.type_name}, so it can't be a fragment condition")
                if self._status == "text" and part.type_name == "WorkItemWidgetStatus":
                    _no_selection_on_text(part)
            self.check(part.selection)


def _no_selection_on_text(fragment: Fragment) -> None:
    for part in fragment.selection:
        if isinstance(part, Field) and part.name == "status" and part.selection:
            raise BadQuery("Selections can't be made on scalars (field 'status' returns String but has selections)")


def _root(call: Call) -> Node:
    user = None if call.token is None else call.token.username
    return {
        "__typename": "Query",
        "currentUser": None if user is None else {"__typename": "CurrentUser", "username": user},
        "metadata": {"__typename": "Metadata", "version": call.settings.profile.full_version},
        "project": lambda arguments: _project(call, str(arguments.get("fullPath"))),
        "workItem": lambda arguments: _work_item_by_id(call, str(arguments.get("id"))),
        "queryComplexity": {"__typename": "QueryComplexity", "score": 88, "limit": 250},
    }


def _project(call: Call, full_path: str) -> Node | None:
    found = next((project for project in call.world.projects.values() if project.path == full_path), None)
    if found is None or not found.visible or not (call.token or found.row["visibility"] == "public"):
        return None
    return {
        "__typename": "Project",
        "id": f"gid://gitlab/Project/{found.id}",
        "fullPath": found.path,
        "name": found.row["name"],
        "workItems": lambda arguments: _work_items(call, found, arguments),
    }


def _work_items(call: Call, project: Project, arguments: Mapping[str, object]) -> Node:
    """By iids or by `updatedAfter`, newest first, pages of at most 100."""
    found = [item for item in project.issues.values() if call.readable(item)]
    iids = arguments.get("iids")
    if isinstance(iids, list):
        found = [item for item in found if str(item.iid) in iids]
    if after := arguments.get("updatedAfter"):
        found = [item for item in found if item.updated_us >= microseconds(str(after))]
    found.sort(key=lambda item: item.id, reverse=True)
    start = int(str(arguments.get("after") or 0))
    first = min(int(str(arguments.get("first") or _PAGE)), _PAGE)
    page = found[start : start + first]
    more = start + first < len(found)
    info = {"__typename": "PageInfo", "hasNextPage": more, "endCursor": str(start + len(page))}
    return {
        "__typename": "WorkItemConnection",
        "nodes": [_work_item(call, issue) for issue in page],
        "pageInfo": info,
        "count": len(found),
    }


def _work_item_by_id(call: Call, gid: str) -> Node | None:
    wanted = gid.rpartition("/")[2]
    for project in call.world.projects.values():
        for issue in project.issues.values() if project.visible else ():
            if str(issue.id) == wanted and call.readable(issue):
                return _work_item(call, issue)
    return None


def _work_item(call: Call, issue: Issue) -> Node:
    return {
        "__typename": "WorkItem",
        "id": f"gid://gitlab/WorkItem/{issue.id}",
        "iid": str(issue.iid),
        "title": issue.row["title"],
        "state": "OPEN" if issue.row["state"] == "opened" else "CLOSED",
        "updatedAt": issue.row["updated_at"],
        "webUrl": issue.row["web_url"],
        "widgets": lambda arguments: list(_widgets(call, issue, arguments.get("onlyTypes"))),
    }


def _widgets(call: Call, issue: Issue, only: object) -> Iterable[Node]:
    if not isinstance(only, list) or "DESCRIPTION" in only:
        description = issue.row["description"]
        yield {"__typename": "WorkItemWidgetDescription", "type": "DESCRIPTION", "description": description}
    if call.settings.profile.status != "none" and (not isinstance(only, list) or "STATUS" in only):
        yield {"__typename": "WorkItemWidgetStatus", "type": "STATUS", "status": _status(call, issue)}


def _status(call: Call, issue: Issue) -> Node | None:
    """That which was set, or the system's own for an open or a closed item; null without a licence and before 18.2."""
    profile = call.settings.profile
    if not profile.licensed or profile.status != "object":
        return None
    return {"__typename": "WorkItemStatus", **(issue.status or _DEFAULT_STATUS[issue.row["state"]])}
