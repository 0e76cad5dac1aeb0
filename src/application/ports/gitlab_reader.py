"""Reading GitLab."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from domain.entities import DependentAnswer, Entity, Fetched, Project, Rejected
from domain.list_walk import ListPosition
from domain.refs import DependentKind, EntityKind
from domain.runs import RequestStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list in the order of `updated_at`."""

    items: tuple[Fetched[Entity], ...]
    rejected: tuple[Rejected, ...]
    has_next: bool
    keyset_cursor: str | None
    """The next page's cursor where the server answered by keyset."""
    server_date: int
    """The page's `Date` header; one second's resolution."""
    requested_at: int
    """When the request began, on the local clock (C13)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInfo:
    """Whose token it is and what it may do; scopes and expiry are None where the server does not say."""

    user_gitlab_id: int
    username: str
    name: str
    scopes: tuple[str, ...] | None
    expires_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerInfo:
    version: str
    enterprise: bool | None
    clock_skew_ms: int
    """Local clock minus the server's, to the second's resolution of the `Date` header."""


class GitLabReader(Protocol):
    """One GitLab instance, read-only. Retries, politeness and paging are the adapter's.

    Projects are named by their GitLab id, or by full path where nothing else is known. Every method may raise
    `GitLabAuthFailed` (401, or 403 for the whole token), `GitLabForbidden` (403 for this one thing),
    `GitLabNotFound`, `GitLabRateLimited`, `GitLabUnavailable` and `MalformedPayload`. The token goes to the
    configured host only.
    """

    def server(self) -> ServerInfo: ...

    def token(self) -> TokenInfo: ...

    def project(self, project: int | str) -> Fetched[Project]:
        """A renamed project is found under its old path too; the answer bears the new one."""
        ...

    def group_projects(self, group: str) -> Iterator[Project]:
        """Every project below the group, subgroups included, archived ones not."""
        ...

    def list_page(self, project: int, kind: EntityKind, position: ListPosition) -> ListPage:
        """One page of at most 100, `updated_after` inclusive, `scope=all`, `state=all`, oldest update first."""
        ...

    def created_page(self, project: int, kind: EntityKind, page: int) -> ListPage:
        """One page of at most 100 of everything, oldest creation first: an order that no update changes (rule 12)."""
        ...

    def entity(self, project: int, kind: EntityKind, iid: int) -> Fetched[Entity]: ...

    def dependents(self, project: int, kind: EntityKind, iid: int, dependent: DependentKind) -> DependentAnswer:
        """Every page of one dependent set."""
        ...

    def discussion_exists(self, project: int, kind: EntityKind, iid: int, discussion_id: str) -> bool:
        """A discussion's own GET: whether it answers 200 or 404 (sync.md rule 5)."""
        ...

    def statistics(self) -> RequestStatistics:
        """What this reader has asked of the server so far."""
        ...


class GitLabs(Protocol):
    """The configured instances."""

    def reader(self, instance: str) -> GitLabReader:
        """Raises `ConfigInvalid` for a name that is not configured, `TokenNotSet` where its token is missing."""
        ...

    def statistics(self) -> RequestStatistics:
        """What all readers together have asked so far."""
        ...
