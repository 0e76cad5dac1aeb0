"""The lists of issues and merge requests of a project: filters, orders, offset and keyset pages."""

from collections.abc import Callable

from adapters.sample_gitlab.answering import Call
from adapters.sample_gitlab.messages import Refused, Response, error, message
from adapters.sample_gitlab.model import Issue, Item, MergeRequest, Project
from adapters.sample_gitlab.paging import keyset_page

Filter = Callable[[Item], bool]
_STATES: dict[type[Item], set[str]] = {
    Issue: {"opened", "closed", "all"},
    MergeRequest: {"opened", "closed", "locked", "merged", "all"},
}
_KEYSET_COLUMNS = {"created_at", "updated_at", "title", "id"}
_DEFAULTS = {"order_by": "created_at", "sort": "desc", "state": "all", "with_labels_details": "false"}


def issues(call: Call) -> Response:
    project = call.project()
    if not project.row["issues_enabled"]:
        return Response(200, b"[]")
    found = _wanted(call, project, Issue)
    column = _column(call)
    if call.settings.profile.keyset_issues and call.params.get("pagination") == "keyset" and column in _KEYSET_COLUMNS:
        page, headers = keyset_page(call.page_request(_DEFAULTS), found, column, call.params)
        form = _form(call)
        return call.listed((call.renderer.item(item, form) for item in page), headers)
    return _offset(call, found, _form(call))


def merge_requests(call: Call) -> Response:
    project = call.project()
    if not project.row["merge_requests_enabled"]:
        raise Refused(message(403, "403 Forbidden"))
    form = "simple" if call.params.get("view") == "simple" else _form(call)
    return _offset(call, _wanted(call, project, MergeRequest), form)


def _form(call: Call) -> str:
    return "list+labels" if call.params.flag("with_labels_details") else "list"


def _column(call: Call) -> str:
    return call.params.get("order_by", "created_at")


def _offset(call: Call, found: list[Item], form: str) -> Response:
    ordered = found if call.params.get("sort", "desc") == "asc" else found[::-1]
    return call.page(ordered, lambda item: call.renderer.item(item, form), defaults=_DEFAULTS)


def _wanted(call: Call, project: Project, kind: type[Item]) -> list[Item]:
    """The items asked for, ascending by the column of the order, ties by id."""
    order = project.order(kind, _column(call))
    filters: list[Filter] = [] if order.open_to_all else [call.readable]
    filters += _filters_of_state(call, kind) + _filters_of_names(call) + _filters_of_creation(call)
    after, before = call.moment("updated_after"), call.moment("updated_before")
    if _column(call) == "updated_at":
        found = order.between(after, before)
    else:
        found = order.items
        filters += _inside(lambda item: item.updated_us, after, before)
    for keep in filters:
        found = [item for item in found if keep(item)]
    return found


def _filters_of_state(call: Call, kind: type[Item]) -> list[Filter]:
    state = call.params.get("state", "all")
    if state not in _STATES[kind]:
        raise Refused(error(400, "state does not have a valid value"))
    return [] if state == "all" else [lambda item: item.row["state"] == state]


def _filters_of_names(call: Call) -> list[Filter]:
    """By iids, labels, author, search and scope."""
    params = call.params
    filters: list[Filter] = []
    if iids := set(params.every("iids")):
        filters.append(lambda item: str(item.iid) in iids)
    if labels := set(params.every("labels")):
        filters.append(lambda item: labels <= set(item.row["labels"]))
    if author := params.get("author_username"):
        filters.append(lambda item: bool(item.row["author"]["username"] == author))
    if words := params.get("search").lower():
        filters.append(lambda item: words in f"{item.row['title']}\n{item.row['description']}".lower())
    return filters + _filters_of_scope(call)


def _filters_of_scope(call: Call) -> list[Filter]:
    scope = call.params.get("scope", "all")
    if scope == "all":
        return []
    me = call.signed_in().username
    if scope == "created_by_me":
        return [lambda item: bool(item.row["author"]["username"] == me)]
    if scope in {"assigned_to_me", "reviews_for_me"}:
        role = "assignees" if scope == "assigned_to_me" else "reviewers"
        return [lambda item: any(person["username"] == me for person in item.row.get(role, ()))]
    raise Refused(error(400, "scope does not have a valid value"))


def _filters_of_creation(call: Call) -> list[Filter]:
    after, before = call.moment("created_after"), call.moment("created_before")
    return _inside(lambda item: item.created_us, after, before)


def _inside(time_of: Callable[[Item], int], after: int | None, before: int | None) -> list[Filter]:
    filters: list[Filter] = []
    if after is not None:
        filters.append(lambda item: time_of(item) >= after)
    if before is not None:
        filters.append(lambda item: time_of(item) <= before)
    return filters
