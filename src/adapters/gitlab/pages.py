"""Reading a paged list to its end, whatever its pages and headers look like (sync.md rules 2 and 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeVar

from adapters.gitlab.records import ListShape, Read
from adapters.gitlab.response_headers import Onward, onward
from adapters.gitlab.transport import Answer, Params, Transport
from domain.entities import Rejected
from domain.errors import MalformedPayload

R = TypeVar("R")

PER_PAGE = 100
MOST_PAGES = 10_000
_MOST_EMPTY_PAGES = 100
"""Pages are filtered after paging, so that some may be empty; so many one after another are a server gone astray."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeList(Generic[R]):
    """All pages of a list. A row that moved while they were read, and so came twice, is in `records` twice."""

    records: list[R]
    rejected: list[Rejected]
    pages: list[bytes]
    """The body of each page."""
    first: Answer[Read[R]]


class LoopGuard:
    """Notices a list that would never end. Raises `MalformedPayload`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._seen: set[bytes] = set()
        self._cursors: set[str] = set()
        self._pages = 0
        self._empty = 0

    def came(self, content: bytes, size: int) -> None:
        """A page with something in it never comes twice: its rows have ids."""
        self._pages += 1
        self._empty = 0 if size else self._empty + 1
        if self._pages > MOST_PAGES or self._empty > _MOST_EMPTY_PAGES:
            raise went_in_circles(self._path)
        if size:
            print_of_page = blake2b(content, digest_size=16).digest()
            if print_of_page in self._seen:
                raise went_in_circles(self._path)
            self._seen.add(print_of_page)

    def goes(self, following: Onward, page: int) -> None:
        if following.page is not None and following.page <= page:
            raise went_in_circles(self._path)
        if following.cursor is not None:
            if following.cursor in self._cursors:
                raise went_in_circles(self._path)
            self._cursors.add(following.cursor)


def read_pages(transport: Transport, path: str, params: Params, shape: ListShape[R]) -> Iterator[Answer[Read[R]]]:
    """The pages of a list in the server's order, each asked for when it is wanted."""
    guard = LoopGuard(path)
    page, where = 1, Onward(page=1)
    while True:
        answer = transport.get(path, {**params, "per_page": PER_PAGE, **_there(where)}, shape.many)
        yield answer
        following = onward(answer.headers, page=page, size=answer.value.size, per_page=PER_PAGE)
        if following is None:
            return
        guard.came(answer.content, answer.value.size)
        guard.goes(following, page)
        page, where = following.page or page + 1, following


def read_whole(transport: Transport, path: str, shape: ListShape[R]) -> WholeList[R]:
    answers = list(read_pages(transport, path, {}, shape))
    return WholeList(
        records=[record for answer in answers for record in answer.value.records],
        rejected=[bad for answer in answers for bad in answer.value.rejected],
        pages=[answer.content for answer in answers],
        first=answers[0],
    )


def _there(where: Onward) -> Params:
    if where.cursor is not None:
        return {"pagination": "keyset", "cursor": where.cursor}
    return {} if where.page == 1 else {"page": where.page or 1}


def went_in_circles(path: str) -> MalformedPayload:
    return MalformedPayload(
        f"GitLab's paging of GET {path} goes in circles: it never comes to an end.",
        suggestion="Try again; if it stays so, report it to whoever runs the GitLab.",
        details={"method": "GET", "path": path},
    )
