"""GitLab's two ways of paging lists: offset pages with headers, and keyset pages with a `Link` only."""

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote_plus

from adapters.sample_gitlab.messages import Headers, Params, Refused, error
from adapters.sample_gitlab.model import Item, SortKey
from adapters.sample_gitlab.times import iso_full, microseconds

T = TypeVar("T")
DEFAULT_PER_PAGE = 20
MAX_PER_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What the query asks for; `shown` are all parameters as `Link` repeats them, the path's ids included."""

    number: int
    per_page: int
    asked_per_page: int
    shown: dict[str, str]
    url: str

    @classmethod
    def of(cls, params: Params, url: str, defaults: dict[str, str]) -> "PageRequest":
        asked = _positive(params, "per_page", DEFAULT_PER_PAGE)
        return cls(
            number=_positive(params, "page", 1),
            per_page=min(asked, MAX_PER_PAGE),
            asked_per_page=asked,
            shown=defaults | dict(params.pairs),
            url=url,
        )

    def link(self, relation: str, **changed: str) -> str:
        query = sorted((self.shown | {"per_page": str(self.asked_per_page)} | changed).items())
        text = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in query)
        return f'<{self.url}?{text}>; rel="{relation}"'


def _positive(params: Params, name: str, default: int) -> int:
    text = params.get(name, str(default))
    if not text.lstrip("-").isdigit():
        raise Refused(error(400, f"{name} is invalid"))
    return max(int(text), 1) if name == "page" else int(text) if int(text) > 0 else default


def offset_page(page: PageRequest, rows: Sequence[T], total_limit: int) -> tuple[Sequence[T], Headers]:
    """The rows of this page and its headers; totals are dropped above `total_limit` rows (FACTS.md section b)."""
    total = len(rows)
    start = (page.number - 1) * page.per_page
    found = rows[start : start + page.per_page]
    pages = max(1, -(-total // page.per_page))
    return found, _offset_headers(page, total if total <= total_limit else None, pages)


def _offset_headers(page: PageRequest, total: int | None, pages: int) -> Headers:
    following = page.number + 1 if page.number < pages else None
    before = page.number - 1 if page.number > 1 else None
    relations = [("prev", before), ("next", following), ("first", 1), ("last", pages if total is not None else None)]
    links = ", ".join(page.link(name, page=str(number)) for name, number in relations if number)
    totals: Headers = () if total is None else (("X-Total", str(total)), ("X-Total-Pages", str(pages)))
    return (
        ("Link", links),
        ("X-Next-Page", str(following or "")),
        ("X-Page", str(page.number)),
        ("X-Per-Page", str(page.per_page)),
        ("X-Prev-Page", str(before or "")),
        *totals,
    )


def keyset_page(page: PageRequest, items: list[Item], column: str, params: Params) -> tuple[list[Item], Headers]:
    """`items` are in ascending order of the column; the cursor is opaque to clients."""
    ascending = params.get("sort", "desc") == "asc"
    start = 0
    ordered = items if ascending else items[::-1]
    if "cursor" in params:
        after = _after(params.get("cursor"), column)
        start = _position(items, column, after, bisect_right if ascending else bisect_left)
        start = start if ascending else len(items) - start
    found = ordered[start : start + page.per_page]
    if start + page.per_page >= len(items):
        return found, ()
    return found, (("Link", page.link("next", cursor=_cursor(found[-1], column))),)


def _cursor(last: Item, column: str) -> str:
    value, _ = last.sort_key(column)
    text = iso_full(value) if isinstance(value, int) and column.endswith("_at") else str(value)
    plain = json.dumps({column: text, "id": str(last.id), "_kd": "n"}, separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode()


def _position(items: list[Item], column: str, after: SortKey, bisect: Callable[..., int]) -> int:
    return bisect(items, after, key=lambda item: item.sort_key(column))


def _after(cursor: str, column: str) -> SortKey:
    try:
        known = json.loads(base64.urlsafe_b64decode(cursor))
        value = str(known[column])
        row_id = int(known["id"])
        if column.endswith("_at"):
            return microseconds(value), row_id
    except (ValueError, KeyError, TypeError) as bad:
        raise Refused(error(400, "cursor is invalid")) from bad
    return (row_id if column == "id" else value), row_id
