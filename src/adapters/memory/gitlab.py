"""A GitLab in memory: a world that tests change, read through the port."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from adapters.memory.pictures import ItemName, ItemPicture, picture_of_item
from adapters.memory.server.answers import (
    Page,
    fetched,
    keyset_page,
    offset_page,
    packed,
    rejected_item,
    rejected_record,
    updated_since,
)
from adapters.memory.server.model import ServerItem, ServerProject
from adapters.memory.server.requests import Request, Requests
from adapters.memory.server.world import World
from application.ports.clock import Clock
from application.ports.gitlab_reader import GitLabReader, ListPage, ServerInfo, TokenInfo
from domain.entities import DependentAnswer, DependentRecord, Entity, Fetched, Project
from domain.errors import ConfigInvalid, GitLabForbidden, GitLabNotFound, MalformedPayload, TokenNotSet
from domain.list_walk import ListPosition
from domain.refs import DependentKind, EntityKind
from domain.runs import RequestStatistics

_SECOND = 1000


class MemoryGitLab(World):
    """Port `GitLabReader`, and the server behind it.

    `skew_ms` sets the server's clock against the local one. Small `page_size`s make lists and threads come in several
    pages, over which rows move when the world changes in between; `keyset_issues` switches the issue lists to keyset
    paging. `requests` holds the log, the faults and the hook around every request.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        base_url: str = "https://gitlab.example.com",
        skew_ms: int = 0,
        page_size: int = 100,
        keyset_issues: bool = False,
        latency_ms: int = 0,
    ) -> None:
        super().__init__(clock, base_url=base_url, skew_ms=skew_ms)
        self.page_size = page_size
        self.keyset_issues = keyset_issues
        self.requests = Requests(clock, latency_ms=latency_ms)
        self.token_info = TokenInfo(
            user_gitlab_id=self.user("reader").gitlab_id,
            username="reader",
            name="Reader",
            scopes=("read_api",),
            expires_at=None,
        )

    def server(self) -> ServerInfo:
        return self.requests.answer(
            Request(method="server"),
            lambda: ServerInfo(version="18.5.0-ee", enterprise=True, clock_skew_ms=self._clock.now_ms() - self._date()),
        )

    def token(self) -> TokenInfo:
        return self.requests.answer(Request(method="token"), lambda: self.token_info)

    def project(self, project: int | str) -> Fetched[Project]:
        requested_at = self._clock.now_ms()
        found = self.requests.answer(Request(method="project", project=project), lambda: self._project(project).project)
        content = {"id": found.gitlab_id, "path_with_namespace": found.path}
        return Fetched(value=found, payload=packed(content), requested_at=requested_at)

    def group_projects(self, group: str) -> Iterator[Project]:
        return iter(
            self.requests.answer(
                Request(method="group_projects", project=group), lambda: list(self._group_projects(group))
            )
        )

    def list_page(self, project: int, kind: EntityKind, position: ListPosition) -> ListPage:
        requested_at = self._clock.now_ms()
        request = Request(method="list_page", project=project, kind=kind, page=position.page)
        return self.requests.answer(request, lambda: self._list_page(project, kind, position, requested_at))

    def created_page(self, project: int, kind: EntityKind, page: int) -> ListPage:
        requested_at = self._clock.now_ms()
        request = Request(method="created_page", project=project, kind=kind, page=page)
        return self.requests.answer(request, lambda: self._created_page(project, kind, page, requested_at))

    def entity(self, project: int, kind: EntityKind, iid: int) -> Fetched[Entity]:
        requested_at = self._clock.now_ms()
        request = Request(method="entity", project=project, kind=kind, iid=iid)
        entity = self.requests.answer(request, lambda: self._single(project, kind, iid))
        return fetched(entity, requested_at=requested_at)

    def dependents(self, project: int, kind: EntityKind, iid: int, dependent: DependentKind) -> DependentAnswer:
        requested_at, server_requested_at = self._clock.now_ms(), self._date()
        asked = Request(method="dependents", project=project, kind=kind, iid=iid, dependent=dependent)
        pages = tuple(self._dependent_pages(asked))
        item, records = pages[-1][0], [record for _, page in pages for record in page.rows]
        spoiled = records[:1] if dependent in item.spoiled else []
        good = tuple(records[len(spoiled) :])
        return DependentAnswer(
            dependent=dependent,
            records=good,
            payload=packed([repr(record) for record in good]),
            requested_at=requested_at,
            server_requested_at=server_requested_at,
            pages=len(pages),
            rejected=tuple(rejected_record(item, record, dependent.value) for record in spoiled),
            warnings=item.warnings.get(dependent, ()),
        )

    def discussion_exists(self, project: int, kind: EntityKind, iid: int, discussion_id: str) -> bool:
        request = Request(method="discussion_exists", project=project, kind=kind, iid=iid)
        return self.requests.answer(request, lambda: self._has_discussion(project, kind, iid, discussion_id))

    def statistics(self) -> RequestStatistics:
        return RequestStatistics(requests=len(self.requests.log))

    def item(self, project: ServerProject, kind: EntityKind, iid: int) -> ServerItem:
        """An item of the world, whether the token may see it or not."""
        return project.items[kind, iid]

    def dump(self, instance: str) -> Mapping[ItemName, ItemPicture]:
        """All that the token may see, as a store that calls this GitLab `instance` should hold it."""
        return {
            ItemName(instance=instance, project=project.gitlab_id, kind=kind, iid=item.iid): picture_of_item(
                item.entity, item.sets
            )
            for project in self.projects.values()
            for kind in EntityKind
            if project.visible and project.has(kind)
            for item in project.listed(kind)
        }

    def _date(self) -> int:
        """The `Date` header now: whole seconds."""
        return self.now // _SECOND * _SECOND

    def _project(self, name: int | str) -> ServerProject:
        by_path = [project for project in self.projects.values() if project.path == name]
        formerly = [project for project in self.projects.values() if name in project.former_paths]
        found = self.projects.get(name) if isinstance(name, int) else next(iter(by_path or formerly), None)
        if found is None or not found.visible:
            raise GitLabNotFound(f"404 Project Not Found: {name}", details={"project": name})
        return found

    def _group_projects(self, group: str) -> Iterator[Project]:
        below = [p.project for p in self.projects.values() if p.visible and p.path.startswith(f"{group}/")]
        if not below:
            raise GitLabNotFound(f"404 Group Not Found: {group}", details={"group": group})
        return (project for project in below if not project.archived)

    def _list_page(self, project: int, kind: EntityKind, position: ListPosition, requested_at: int) -> ListPage:
        return self._answered(self._listed(self._project(project), kind, position), requested_at)

    def _created_page(self, project: int, kind: EntityKind, page: int, requested_at: int) -> ListPage:
        found = self._project(project)
        rows = sorted(found.listed(kind), key=lambda item: item.entity.gitlab_id) if found.has(kind) else []
        return self._answered(offset_page(rows, page, self.page_size), requested_at)

    def _answered(self, page: Page[ServerItem], requested_at: int) -> ListPage:
        return ListPage(
            items=tuple(
                fetched(item.entity, requested_at=requested_at) for item in page.rows if None not in item.spoiled
            ),
            rejected=tuple(rejected_item(item) for item in page.rows if None in item.spoiled),
            has_next=page.has_next,
            keyset_cursor=page.keyset_cursor,
            server_date=self._date(),
            requested_at=requested_at,
        )

    def _listed(self, project: ServerProject, kind: EntityKind, position: ListPosition) -> Page[ServerItem]:
        """With the feature off, issue lists are empty and merge request lists forbidden (FACTS.md section a)."""
        if not project.has(kind) and kind is EntityKind.MERGE_REQUEST:
            raise GitLabForbidden("403 Forbidden", details={"project": project.path})
        rows = updated_since(project.listed(kind), position) if project.has(kind) else []
        if self.keyset_issues and kind is EntityKind.ISSUE:
            return keyset_page(rows, position.keyset_cursor, self.page_size)
        return offset_page(rows, position.page, self.page_size)

    def _single(self, project: int, kind: EntityKind, iid: int) -> Entity:
        item = self._readable(project, kind, iid)
        if None in item.spoiled:
            raise MalformedPayload(f"GitLab's answer for {item.reference} cannot be read.")
        return item.entity

    def _readable(self, project: int, kind: EntityKind, iid: int) -> ServerItem:
        found = self._project(project)
        item = found.items.get((kind, iid))
        details = {"project": found.path, "kind": kind.value, "iid": iid}
        if item is None or not item.readable or (kind is EntityKind.ISSUE and not found.has(kind)):
            raise GitLabNotFound(f"404 Not found: {found.path}{kind.sigil}{iid}", details=details)
        if item.forbidden or not found.has(kind):
            raise GitLabForbidden(f"403 Forbidden: {item.reference}", details=details)
        return item

    def _dependent_pages(self, request: Request) -> Iterator[tuple[ServerItem, Page[DependentRecord]]]:
        """Each page by a request of its own, between which the world may change."""
        has_next = True
        while has_next:
            found = self.requests.answer(request, partial(self._dependents_page, request))
            yield found
            has_next, request = found[1].has_next, replace(request, page=request.page + 1)

    def _dependents_page(self, request: Request) -> tuple[ServerItem, Page[DependentRecord]]:
        """Of all sets only the links come in one piece, however many they are (FACTS.md section a)."""
        if not isinstance(request.project, int) or not request.kind or not request.iid or not request.dependent:
            raise AssertionError(request)
        item = self._readable(request.project, request.kind, request.iid)
        rows = item.records(request.dependent)
        if request.dependent is DependentKind.ISSUE_LINKS:
            return item, Page(rows=rows, has_next=False)
        return item, offset_page(rows, request.page, self.page_size)

    def _has_discussion(self, project: int, kind: EntityKind, iid: int, discussion_id: str) -> bool:
        item = self._readable(project, kind, iid)
        return any(thread.gitlab_id == discussion_id for thread in item.discussions)


class MemoryGitLabs:
    """Port `GitLabs`. An instance named in `without_token` is configured and has none."""

    def __init__(self, readers: Mapping[str, GitLabReader]) -> None:
        self.readers = dict(readers)
        self.without_token: set[str] = set()

    def reader(self, instance: str) -> GitLabReader:
        if instance not in self.readers:
            raise ConfigInvalid(f"There is no instance {instance!r} in the configuration.")
        if instance in self.without_token:
            raise TokenNotSet(f"There is no token for {instance!r}.")
        return self.readers[instance]

    def statistics(self) -> RequestStatistics:
        return sum((reader.statistics() for reader in self.readers.values()), RequestStatistics())
