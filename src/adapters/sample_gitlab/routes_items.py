"""Single issues and merge requests, and what hangs on each: links, closing issues, diffs, commits, versions."""

from collections.abc import Callable

from adapters.sample_gitlab.answering import Call
from adapters.sample_gitlab.authoring import version_row
from adapters.sample_gitlab.messages import Refused, Response, error, message
from adapters.sample_gitlab.model import Issue, Item, Link, MergeRequest
from adapters.sample_gitlab.rows import Row


def issue(call: Call) -> Response:
    return Response(200, call.renderer.item(call.issue(), "single"))


def issue_links(call: Call) -> Response:
    """The whole list at once, oldest link first; ends that the token may not read are left out."""
    call.signed_in()
    found = call.issue()

    def seen(link: Link) -> bool:
        other = link.target if link.source is found else link.source
        return call.readable(other) and other.project.visible

    return call.listed(call.renderer.linked(found, link) for link in found.links if seen(link))


def closed_by(call: Call) -> Response:
    closers = _visible_mrs(call, call.world.closers(call.issue()))
    return call.page(closers, lambda item: call.renderer.item(item, "list"))


def related_merge_requests(call: Call) -> Response:
    """Those that close the issue, and those that its "mentioned in merge request" notes name."""
    found = call.issue()
    related = call.world.closers(found)
    mentioned = {note.row["body"].rpartition(" ")[2] for note in found.notes if note.row["system"]}
    related += [
        item
        for item in found.project.merge_requests.values()
        if item.row["references"]["short"] in mentioned and item not in related
    ]
    return call.page(_visible_mrs(call, related), lambda item: call.renderer.item(item, "related"))


def _visible_mrs(call: Call, found: list[MergeRequest]) -> list[MergeRequest]:
    return [item for item in found if item.project.visible and call.readable(item)]


def participants(call: Call) -> Response:
    item = call.item()
    people: dict[int, Row] = {}
    notes = (note.row["author"] for note in item.notes if not note.hidden and not note.row["system"])
    for person in (item.row["author"], *item.row["assignees"], *item.row.get("reviewers", ()), *notes):
        people[person["id"]] = person
    return call.page_of_rows(list(people.values()))


def merge_request(call: Call) -> Response:
    return Response(200, call.renderer.item(call.merge_request(), "single"))


def commits(call: Call) -> Response:
    return call.page_of_rows(call.merge_request().commits, "commit")


def closes_issues(call: Call) -> Response:
    return _issues_of(call, call.world.closed_on_merge)


def related_issues(call: Call) -> Response:
    """The closing ones, and those of this project on which the merge request was mentioned."""
    return _issues_of(call, lambda mr: [*call.world.closed_on_merge(mr), *_mentioned_issues(mr)])


def _mentioned_issues(mr: MergeRequest) -> list[Issue]:
    said = f"mentioned in merge request {mr.row['reference']}"
    closed = {iid for path, iid in mr.closes if path == mr.project.path}
    return [
        item
        for item in mr.project.issues.values()
        if item.iid not in closed and any(note.row["body"] == said for note in item.notes)
    ]


def _issues_of(call: Call, issues: Callable[[MergeRequest], list[Issue]]) -> Response:
    found = [item for item in issues(call.merge_request()) if item.project.visible and call.readable(item)]
    return call.page(found, lambda item: call.renderer.item(item, "basic"))


def diffs(call: Call) -> Response:
    if not call.settings.profile.has_diffs_endpoint:
        raise Refused(error(404, "404 Not Found"))
    return call.page_of_rows(call.merge_request().diffs, "diff")


def changes(call: Call) -> Response:
    """The old, unpaged form: the merge request with its diffs inside."""
    found = call.merge_request()
    overflow = str(found.row["changes_count"]).endswith("+")
    head = call.renderer.item(found, "single")
    tail = b',"changes":%s,"overflow":%s}' % (call.renderer.rows(found.diffs, "diff"), str(overflow).lower().encode())
    return Response(200, head[:-1] + tail)


def versions(call: Call) -> Response:
    call.signed_in()
    return call.page_of_rows(_versions(call.merge_request()), "version")


def version(call: Call) -> Response:
    call.signed_in()
    found = call.merge_request()
    wanted = call.number(2)
    for row in _versions(found):
        if row["id"] == wanted:
            return call.one(row | {"commits": found.commits, "diffs": found.diffs})
    raise Refused(message(404, "404 Not found"))


def _versions(mr: MergeRequest) -> list[Row]:
    if not mr.versions and mr.diffs:
        mr.versions = [version_row(mr, mr.id, mr.row["created_at"])]
    return mr.versions


def reviewers(call: Call) -> Response:
    found = call.merge_request()
    approved = {person["id"] for person in found.approved_by}
    rows: list[Row] = [
        {
            "user": person,
            "state": "approved" if person["id"] in approved else "unreviewed",
            "created_at": found.row["created_at"],
        }
        for person in found.row["reviewers"]
    ]
    return call.page_of_rows(rows)


def approvals(call: Call) -> Response:
    found = call.merge_request()
    approved = [{"user": person} for person in found.approved_by]
    return call.one({"id": found.id, "iid": found.iid, "project_id": found.project.id, "approved_by": approved})


def labels(call: Call) -> Response:
    counted = {"open_issues_count": 0, "closed_issues_count": 0, "open_merge_requests_count": 0}
    project = call.project()
    extra = counted | {"subscribed": False, "priority": None, "is_project_label": True}
    ordered = sorted(project.labels, key=lambda row: str(row["name"]))
    return call.page_of_rows([row | extra for row in ordered])


def milestones(call: Call) -> Response:
    return call.page_of_rows(call.project().milestones[::-1])


def award_emoji(call: Call) -> Response:
    return call.page_of_rows(call.item().awards)


def events(of: Callable[[Item], list[Row]]) -> Callable[[Call], Response]:
    """The list of one kind of resource event."""

    def listed(call: Call) -> Response:
        call.signed_in()
        return call.page_of_rows(of(call.item()))

    return listed


def event(of: Callable[[Item], list[Row]]) -> Callable[[Call], Response]:
    def one(call: Call) -> Response:
        call.signed_in()
        wanted = call.number(2)
        for row in of(call.item()):
            if row["id"] == wanted:
                return call.one(row)
        raise Refused(message(404, "404 Not found"))

    return one
