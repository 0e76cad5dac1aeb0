"""The port `GitLabReader` over GitLab's REST API."""

from collections.abc import Iterator
from urllib.parse import quote

from adapters.gitlab.addresses import GitLabAddress
from adapters.gitlab.decoding import decoded
from adapters.gitlab.dependents import Dependents
from adapters.gitlab.entity_lists import EntityLists
from adapters.gitlab.instance import Instance
from adapters.gitlab.projects import Projects, project_path
from adapters.gitlab.transport import Transport
from application.ports.gitlab_reader import ListPage, ServerInfo, TokenInfo
from domain.entities import DependentAnswer, Entity, Fetched, Project
from domain.errors import GitLabNotFound
from domain.list_walk import ListPosition
from domain.refs import DependentKind, EntityKind
from domain.runs import RequestStatistics


class HttpGitLabReader:
    """One instance; may be used by many threads at once."""

    def __init__(self, transport: Transport, address: GitLabAddress) -> None:
        self._transport = transport
        self._instance = Instance(transport)
        self._projects = Projects(transport)
        self._lists = EntityLists(transport)
        self._dependents = Dependents(transport, address)

    def server(self) -> ServerInfo:
        return self._instance.server()

    def token(self) -> TokenInfo:
        return self._instance.token()

    def project(self, project: int | str) -> Fetched[Project]:
        return self._projects.one(project)

    def group_projects(self, group: str) -> Iterator[Project]:
        return self._projects.below(group)

    def list_page(self, project: int, kind: EntityKind, position: ListPosition) -> ListPage:
        return self._lists.page(_list(project, kind), kind, position)

    def created_page(self, project: int, kind: EntityKind, page: int) -> ListPage:
        return self._lists.created_page(_list(project, kind), kind, page)

    def entity(self, project: int, kind: EntityKind, iid: int) -> Fetched[Entity]:
        return self._lists.one(_item(project, kind, iid), kind)

    def dependents(self, project: int, kind: EntityKind, iid: int, dependent: DependentKind) -> DependentAnswer:
        return self._dependents.read(_item(project, kind, iid), dependent)

    def discussion_exists(self, project: int, kind: EntityKind, iid: int, discussion_id: str) -> bool:
        path = f"{_item(project, kind, iid)}/discussions/{quote(discussion_id, safe='')}"
        try:
            self._transport.get(path, {}, decoded)
        except GitLabNotFound:
            return False
        return True

    def statistics(self) -> RequestStatistics:
        return self._transport.statistics()


def _list(project: int, kind: EntityKind) -> str:
    return f"{project_path(project)}/{kind.api_name}"


def _item(project: int, kind: EntityKind, iid: int) -> str:
    return f"{_list(project, kind)}/{iid}"
