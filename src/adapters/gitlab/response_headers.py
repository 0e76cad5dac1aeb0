"""What the headers of GitLab's answers say: the server's time, patience asked for, and where a list goes on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

_SECOND_MS = 1000
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_IS_NEXT = re.compile(r";\s*rel\s*=\s*\"?next\"?\s*(?:[;,]|$)", re.IGNORECASE)
_PAGING = ("link", "x-next-page", "x-page")

Headers = Mapping[str, str]
"""Names in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """Where a list goes on: a page number, or a keyset cursor."""

    page: int | None = None
    cursor: str | None = None


@lru_cache(maxsize=64)
def http_date_ms(text: str) -> int | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()) * _SECOND_MS


def date_ms(headers: Headers) -> int | None:
    return http_date_ms(headers.get("date", ""))


def retry_after_ms(headers: Headers) -> int | None:
    """`Retry-After` in seconds or as a date of the server's clock; where it is missing, the end of the window."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return int(text[:9]) * _SECOND_MS
    now = date_ms(headers)
    until = http_date_ms(text) if text else _reset_ms(headers)
    if now is None or until is None:
        return None
    return max(until - now, 0)


def _reset_ms(headers: Headers) -> int | None:
    text = headers.get("ratelimit-reset", "")
    return int(text) * _SECOND_MS if text.isdecimal() else None


def onward(headers: Headers, *, page: int, size: int, per_page: int) -> Onward | None:
    """Where the list goes on after this page, or None at its end.

    A page being short says nothing: some lists are filtered after paging. A full page without any paging header is
    followed anyway (sync.md rule 2).
    """
    following = headers.get("x-next-page")
    if following is not None and following.strip().isdecimal():
        return Onward(page=int(following))
    link = _next_link(headers.get("link", ""))
    if link is not None:
        return link
    if any(name in headers for name in _PAGING):
        return None
    return Onward(page=page + 1) if size == per_page else None


def _next_link(header: str) -> Onward | None:
    """From a `Link` only its page or cursor is taken: the address is our own, whatever host it names."""
    for url, parameters in _LINK.findall(header):
        if _IS_NEXT.search(parameters):
            query = parse_qs(urlsplit(url).query)
            if cursor := query.get("cursor"):
                return Onward(cursor=cursor[-1])
            if (number := query.get("page", [""])[-1]).isdecimal():
                return Onward(page=int(number))
    return None
