"""Issues and merge requests: their lists in the order of `updated_at`, and each by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from adapters.gitlab.decoding import decoded, stored, stored_as_sent
from adapters.gitlab.mapping import issue, merge_request
from adapters.gitlab.pages import MOST_PAGES, PER_PAGE, went_in_circles
from adapters.gitlab.payloads import IssuePayload, MergeRequestPayload
from adapters.gitlab.records import Read, Shape, array_of
from adapters.gitlab.response_headers import onward
from adapters.gitlab.transport import Answer, Params, Transport
from application.ports.gitlab_reader import ListPage
from domain.entities import Entity, Fetched, Issue, MergeRequest, Rejected
from domain.errors import GitLabUnavailable
from domain.list_walk import ListPosition
from domain.refs import EntityKind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OLDEST_UPDATE_FIRST: Params = {
    "scope": "all",
    "state": "all",
    "order_by": "updated_at",
    "sort": "asc",
    "per_page": PER_PAGE,
}
_METHOD_NOT_ALLOWED = 405

WithPayload = tuple[Entity, bytes]


class EntityLists:
    """Project issues are asked for by keyset, which GitLab has from 18.3 on and older ones ignore without a word."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._issue: Shape[IssuePayload, Issue] = Shape(EntityKind.ISSUE, IssuePayload, issue)
        self._merge_request: Shape[MergeRequestPayload, MergeRequest] = Shape(
            EntityKind.MERGE_REQUEST, MergeRequestPayload, merge_request
        )
        self._has_keyset = True

    def one(self, path: str, kind: EntityKind) -> Fetched[Entity]:
        """`path` is the API path of the item."""
        read_one = self._reader_of(kind)
        answer = self._transport.get(path, {}, lambda content: read_one(decoded(content)))
        payload = stored_as_sent(answer.content)
        return Fetched(value=answer.value, payload=payload, requested_at=answer.requested_at)

    def page(self, path: str, kind: EntityKind, position: ListPosition) -> ListPage:
        """`path` is the API path of the list."""
        if position.page > MOST_PAGES:
            raise went_in_circles(path)
        return _list_page(path, position.page, self._asked(path, kind, position))

    def created_page(self, path: str, kind: EntityKind, page: int) -> ListPage:
        """A page of everything, by offset: in the order of creation no update moves a row."""
        if page > MOST_PAGES:
            raise went_in_circles(path)
        params = {**_OLDEST_UPDATE_FIRST, "order_by": "created_at", "page": page}
        return _list_page(path, page, self._transport.get(path, params, lambda content: self._read(kind, content)))

    def _asked(self, path: str, kind: EntityKind, position: ListPosition) -> Answer[Read[WithPayload]]:
        by_keyset = kind is EntityKind.ISSUE and position.page == 1 and self._has_keyset
        params = _params(position, by_keyset=by_keyset)

        def read(content: bytes) -> Read[WithPayload]:
            return self._read(kind, content)

        try:
            return self._transport.get(path, params, read)
        except GitLabUnavailable as error:
            if not by_keyset or error.details.get("status") != _METHOD_NOT_ALLOWED:
                raise
            self._has_keyset = False
            return self._transport.get(path, _params(position, by_keyset=False), read)

    def _read(self, kind: EntityKind, content: bytes) -> Read[WithPayload]:
        shape, read_one = self._shape_of(kind), self._reader_of(kind)
        records: list[WithPayload] = []
        rejected: list[Rejected] = []
        values = array_of(decoded(content))
        for value in values:
            try:
                records.append((read_one(value), stored(value)))
            except ValueError as error:
                rejected.append(shape.refused(value, error))
        return Read(records=records, rejected=rejected, size=len(values))

    def _shape_of(self, kind: EntityKind) -> Shape[IssuePayload, Issue] | Shape[MergeRequestPayload, MergeRequest]:
        return self._issue if kind is EntityKind.ISSUE else self._merge_request

    def _reader_of(self, kind: EntityKind) -> Callable[[object], Entity]:
        return self._issue.one if kind is EntityKind.ISSUE else self._merge_request.one


def _list_page(path: str, page: int, answer: Answer[Read[WithPayload]]) -> ListPage:
    following = onward(answer.headers, page=page, size=answer.value.size, per_page=PER_PAGE)
    if following is not None and following.page is not None and following.page <= page:
        raise went_in_circles(path)
    return ListPage(
        items=tuple(
            Fetched(value=entity, payload=payload, requested_at=answer.requested_at)
            for entity, payload in answer.value.records
        ),
        rejected=tuple(answer.value.rejected),
        has_next=following is not None,
        keyset_cursor=following.cursor if following else None,
        server_date=answer.server_date,
        requested_at=answer.requested_at,
    )


def _params(position: ListPosition, *, by_keyset: bool) -> dict[str, str | int]:
    params: dict[str, str | int] = dict(_OLDEST_UPDATE_FIRST)
    if position.updated_after is not None:
        params["updated_after"] = iso_time(position.updated_after)
    if by_keyset:
        params["pagination"] = "keyset"
    if by_keyset and position.keyset_cursor is not None:
        params["cursor"] = position.keyset_cursor
    if position.page > 1:
        params["page"] = position.page
    return params


def iso_time(milliseconds: int) -> str:
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
