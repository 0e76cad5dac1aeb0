"""One API call being answered: what it asks for, who asks, and the ways to answer it."""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from adapters.sample_gitlab.messages import OK, Headers, Params, Refused, Request, Response, error, message
from adapters.sample_gitlab.model import Issue, Item, MergeRequest, Project, Token
from adapters.sample_gitlab.paging import PageRequest, offset_page
from adapters.sample_gitlab.rendering import Renderer, array
from adapters.sample_gitlab.rows import Row
from adapters.sample_gitlab.settings import Settings
from adapters.sample_gitlab.times import microseconds
from adapters.sample_gitlab.world import World

T = TypeVar("T")
NO_DEFAULTS: Mapping[str, str] = {}


@dataclass(slots=True)
class Call:
    """`ids` are the path's variable parts, in order: project, iid, note id ..."""

    request: Request
    params: Params
    ids: tuple[str, ...]
    world: World
    settings: Settings
    renderer: Renderer
    token: Token | None

    # whom it concerns

    def project(self) -> Project:
        """Refuses with 404 what the token may not see, with 301 what has another path now."""
        asked = self.ids[0]
        found = self._project_named(asked)
        if found is None or not found.visible:
            raise Refused(message(404, "404 Project Not Found"))
        if self.token is None and found.row["visibility"] != "public":
            raise Refused(message(404, "404 Project Not Found"))
        return found

    def _project_named(self, asked: str) -> Project | None:
        if asked.isdigit():
            return self.world.projects.get(int(asked))
        for project in self.world.projects.values():
            if project.path.lower() == asked.lower():
                return project
        renamed = self.world.renamed_paths.get(asked)
        if renamed is None or not self.world.projects[renamed].visible:
            return None
        if self.settings.profile.redirects_renamed:
            raise Refused(self._moved(asked, renamed))
        return self.world.projects[renamed]

    def _moved(self, old: str, project_id: int) -> Response:
        place = f"/projects/{quote(old, safe='')}"
        path = self.request.path.replace(place, f"/projects/{project_id}")
        query = f"?{self.request.query}" if self.request.query else ""
        url = f"{self.renderer.public_url}{path}{query}"
        text = f"This resource has been moved permanently to {url}"
        return Response(301, text.encode(), (("Location", url),), "text/plain")

    def issue(self) -> Issue:
        project = self.project()
        issue = project.issues.get(self.number(1)) if project.row["issues_enabled"] else None
        if issue is None or not self.readable(issue):
            raise Refused(message(404, "404 Not found"))
        return issue

    def merge_request(self) -> MergeRequest:
        """403 for one that exists and may not be read, and for all when the feature is off (FACTS.md section a)."""
        project = self.project()
        if not project.row["merge_requests_enabled"]:
            raise Refused(message(403, "403 Forbidden"))
        found = project.merge_requests.get(self.number(1))
        if found is None:
            raise Refused(message(404, "404 Not found"))
        if not self.readable(found):
            raise Refused(message(403, "403 Forbidden"))
        return found

    def item(self) -> Item:
        return self.issue() if "/issues/" in self.request.path else self.merge_request()

    def readable(self, item: Item) -> bool:
        return item.readable and (self.token is not None or not item.row.get("confidential", False))

    def number(self, position: int) -> int:
        text = self.ids[position]
        if not text.isdigit():
            raise Refused(error(400, "iid is invalid" if position == 1 else "id is invalid"))
        return int(text)

    def signed_in(self) -> Token:
        if self.token is None:
            raise Refused(message(401, "401 Unauthorized"))
        return self.token

    def moment(self, name: str) -> int | None:
        """A time of the query in microseconds."""
        text = self.params.get(name)
        if not text:
            return None
        try:
            return microseconds(text)
        except ValueError as bad:
            raise Refused(error(400, f"{name} is invalid")) from bad

    # how it is answered

    def page_request(self, defaults: Mapping[str, str] = NO_DEFAULTS) -> PageRequest:
        names = ("id", "noteable_id", "note_id")
        shown = dict(zip(names, self.ids, strict=False)) | dict(defaults)
        base = self.settings.link_base
        url = self.renderer.public_url if base is None else f"{base}{self.settings.root}"
        return PageRequest.of(self.params, f"{url}{self.request.path}", shown)

    def page(
        self,
        rows: Sequence[T],
        render: Callable[[T], bytes],
        keep: Callable[[T], bool] | None = None,
        *,
        defaults: Mapping[str, str] = NO_DEFAULTS,
    ) -> Response:
        """One offset page; `keep` is GitLab's readability filter, which comes after the paging."""
        found, headers = offset_page(self.page_request(defaults), rows, self.settings.total_limit)
        kept = found if keep is None else [row for row in found if keep(row)]
        return self.listed((render(row) for row in kept), headers)

    def page_of_rows(self, rows: Sequence[Row], kind: str = "") -> Response:
        found, headers = offset_page(self.page_request(), rows, self.settings.total_limit)
        return Response(200, self.renderer.rows(found, kind), headers)

    @staticmethod
    def listed(parts: Iterable[bytes], headers: Headers = ()) -> Response:
        return Response(200, array(parts), headers)

    def one(self, row: object) -> Response:
        return Response(200, self.renderer.dumps(row))


Handler = Callable[[Call], Response]


def with_etag(request: Request, response: Response) -> Response:
    """Rack's weak ETag; a client that has the same text already gets 304 (FACTS.md section g)."""
    if response.status != OK or request.method != "GET":
        return response
    tag = f'W/"{zlib.crc32(response.body):08x}{len(response.body):x}"'
    headers = (*response.headers, ("ETag", tag))
    if request.headers.get("if-none-match") == tag:
        return Response(304, b"", headers)
    response.headers = headers
    return response
