"""Which handler answers which path of the API, and what every answer goes through."""

from adapters.sample_gitlab import routes_instance, routes_items, routes_lists, routes_threads
from adapters.sample_gitlab.answering import Call, Handler, with_etag
from adapters.sample_gitlab.authentication import token_of
from adapters.sample_gitlab.graphql import graphql
from adapters.sample_gitlab.messages import Params, Refused, Request, Response, error, segments
from adapters.sample_gitlab.rendering import Renderer
from adapters.sample_gitlab.settings import Settings
from adapters.sample_gitlab.world import World

API = "/api/v4"
GRAPHQL = "/api/graphql"
UNAUTHORIZED = 401

_SHARED: dict[str, Handler] = {
    "notes": routes_threads.notes,
    "notes/*": routes_threads.note,
    "notes/*/award_emoji": routes_threads.note_award_emoji,
    "discussions": routes_threads.discussions,
    "discussions/*": routes_threads.discussion,
    "discussions/*/notes/*": routes_threads.note_of_discussion,
    "participants": routes_items.participants,
    "award_emoji": routes_items.award_emoji,
    "resource_state_events": routes_items.events(lambda item: item.state_events),
    "resource_state_events/*": routes_items.event(lambda item: item.state_events),
    "resource_label_events": routes_items.events(lambda item: item.label_events),
    "resource_label_events/*": routes_items.event(lambda item: item.label_events),
    "resource_milestone_events": routes_items.events(lambda item: item.milestone_events),
    "resource_milestone_events/*": routes_items.event(lambda item: item.milestone_events),
}
_ISSUE: dict[str, Handler] = {
    "links": routes_items.issue_links,
    "closed_by": routes_items.closed_by,
    "related_merge_requests": routes_items.related_merge_requests,
}
_MERGE_REQUEST: dict[str, Handler] = {
    "commits": routes_items.commits,
    "closes_issues": routes_items.closes_issues,
    "related_issues": routes_items.related_issues,
    "diffs": routes_items.diffs,
    "changes": routes_items.changes,
    "versions": routes_items.versions,
    "versions/*": routes_items.version,
    "reviewers": routes_items.reviewers,
    "approvals": routes_items.approvals,
}
ROUTES: dict[str, Handler] = {
    "version": routes_instance.version,
    "metadata": routes_instance.metadata,
    "user": routes_instance.user,
    "users/*": routes_instance.user_by_id,
    "personal_access_tokens/*": routes_instance.own_token,
    "projects": routes_instance.projects,
    "projects/*": routes_instance.project,
    "projects/*/labels": routes_items.labels,
    "projects/*/milestones": routes_items.milestones,
    "projects/*/issues": routes_lists.issues,
    "projects/*/issues/*": routes_items.issue,
    "projects/*/merge_requests": routes_lists.merge_requests,
    "projects/*/merge_requests/*": routes_items.merge_request,
    "groups/*": routes_instance.group,
    "groups/*/projects": routes_instance.group_projects,
    **{f"projects/*/issues/*/{path}": handler for path, handler in (_SHARED | _ISSUE).items()},
    **{f"projects/*/merge_requests/*/{path}": handler for path, handler in (_SHARED | _MERGE_REQUEST).items()},
}


class Api:
    """GitLab's API over one world, without sockets, faults or latency."""

    def __init__(self, world: World, settings: Settings, public_url: str) -> None:
        self._world = world
        self._settings = settings
        self._renderer = Renderer(public_url, settings.profile)

    def __call__(self, request: Request) -> Response:
        try:
            with self._world.lock:
                response = self._answer(request)
        except Refused as refused:
            return refused.response
        return with_etag(request, response) if self._settings.etags else response

    def _answer(self, request: Request) -> Response:
        if request.path == GRAPHQL:
            return self._graphql(request)
        if not request.path.startswith(f"{API}/"):
            return Response(404, b"<html><body>404 Not Found</body></html>", (), "text/html")
        names = segments(request.path[len(API) :])
        shape = "/".join("*" if position % 2 else name for position, name in enumerate(names))
        handler = ROUTES.get(shape)
        if handler is None:
            return error(404, "404 Not Found")
        call = self._call(request, tuple(names[1::2]))
        if request.method not in {"GET", "HEAD"}:
            return error(405, "405 Not Allowed")
        return handler(call)

    def _graphql(self, request: Request) -> Response:
        try:
            call = self._call(request, ())
        except Refused as refused:
            if refused.response.status == UNAUTHORIZED:
                return Response(UNAUTHORIZED, b'{"errors":[{"message":"Invalid token"}]}')
            raise
        return graphql(call)

    def _call(self, request: Request, ids: tuple[str, ...]) -> Call:
        params = Params.of(request.query)
        token = token_of(request, params, self._world)
        return Call(request, params, ids, self._world, self._settings, self._renderer, token)
