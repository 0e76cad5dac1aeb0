"""What can become of an answer: each function gives an effect for `Faults.add`."""

import json
from collections.abc import Callable
from threading import Event
from typing import Literal

from adapters.sample_gitlab.faults import Effect
from adapters.sample_gitlab.messages import OK, Answer, Headers, Request, Response, message
from adapters.sample_gitlab.paging import MAX_PER_PAGE
from adapters.sample_gitlab.rows import Row

_WORDS = {
    401: "401 Unauthorized",
    403: "403 Forbidden",
    404: "404 Project Not Found",
    408: "Request timed out",
    500: "500 Internal Server Error",
    502: "502 Bad Gateway",
    503: "503 Service Unavailable",
    504: "504 Gateway Timeout",
}
_PAGING = {"link", "x-next-page", "x-page", "x-per-page", "x-prev-page", "x-total", "x-total-pages"}


def _instead(response: Callable[[], Response]) -> Effect:
    return lambda _request, _answer: response()


def status(code: int, *, retry_after: int | None = None, text: str | None = None) -> Effect:
    """Any status, with GitLab's JSON body."""
    words = text or _WORDS.get(code, str(code))
    return _instead(lambda: Response(code, message(code, words).body, _retry_after(retry_after)))


def html(code: int = 502) -> Effect:
    """The error page of a proxy."""
    page = f"<!DOCTYPE html>\n<html><head><title>{code}</title></head><body>Whoops, GitLab is down</body></html>"
    return _instead(lambda: Response(code, page.encode(), (), "text/html; charset=utf-8"))


def rate_limited(kind: Literal["rack", "json"] = "rack", *, retry_after: int | None = None) -> Effect:
    """Rack::Attack's plain text, or the application limiter's JSON (FACTS.md section 0)."""
    if kind == "rack":
        return _instead(lambda: Response(429, b"Retry later\n", _retry_after(retry_after), "text/plain"))
    said = {"message": {"error": "This endpoint has been requested too many times. Try again later."}}
    return _instead(lambda: Response(429, json.dumps(said).encode(), _retry_after(retry_after)))


def _retry_after(seconds: int | None) -> Headers:
    return () if seconds is None else (("Retry-After", str(seconds)),)


def unauthorized() -> Effect:
    """The token ceases to be valid."""
    return status(401)


def token_expired() -> Effect:
    said = "Token is expired. You can either do re-authorization or token refresh."
    body = json.dumps({"error": "invalid_token", "error_description": said}).encode()
    return _instead(lambda: Response(401, body))


def project_gone() -> Effect:
    return status(404)


def forbidden() -> Effect:
    return status(403)


def reset() -> Effect:
    """The connection is torn down with RST, before anything was answered."""
    return _instead(lambda: Response(200, transport="reset"))


def hang(released: Event | None = None) -> Effect:
    """No answer until `released` is set (then the true one comes), or the client leaves, or the server stops."""

    def effect(_request: Request, answer: Answer) -> Response:
        response = answer()
        response.released = released or Event()
        return response

    return effect


def slow(delay_ms: float) -> Effect:
    def effect(_request: Request, answer: Answer) -> Response:
        response = answer()
        response.delay_ms = delay_ms
        return response

    return effect


def truncated() -> Effect:
    """The whole length is announced, half of the body comes, and the connection ends."""

    def effect(_request: Request, answer: Answer) -> Response:
        response = answer()
        response.transport = "truncated"
        return response

    return effect


def invalid_json() -> Effect:
    """A complete answer that breaks off in the middle of its JSON."""

    def effect(_request: Request, answer: Answer) -> Response:
        response = answer()
        response.body = response.body[: len(response.body) // 2] or b"{"
        return response

    return effect


def no_paging_headers() -> Effect:
    def effect(_request: Request, answer: Answer) -> Response:
        response = answer()
        response.headers = tuple(pair for pair in response.headers if pair[0].lower() not in _PAGING)
        return response

    return effect


def duplicates() -> Effect:
    """The first rows of the page come again at its end, as rows that moved while paging do."""
    return rows_changed(lambda rows: [*rows, *rows[:3]][: max(len(rows), min(MAX_PER_PAGE, len(rows) + 3))])


def paging_loop() -> Effect:
    """The next page is always this one."""

    def effect(request: Request, answer: Answer) -> Response:
        response = answer()
        here = dict(response.headers).get("X-Page", "1")
        kept = tuple(pair for pair in response.headers if pair[0] not in {"Link", "X-Next-Page"})
        host = request.headers.get("host", "")
        link = f'<http://{host}{request.root}{request.target}>; rel="next"'
        response.headers = (*kept, ("Link", link), ("X-Next-Page", here))
        return response

    return effect


def record_changed(change: Callable[[Row], None], *, position: int = 0) -> Effect:
    """One record of the answer (the n-th of a list, or the single one) is changed in place, then sent."""

    def changed(rows: list[Row]) -> list[Row]:
        if position < len(rows):
            change(rows[position])
        return rows

    return rows_changed(changed)


def without_field(name: str, *, position: int = 0) -> Effect:
    return record_changed(lambda row: row.pop(name, None) and None, position=position)


def with_field(name: str, value: object, *, position: int = 0) -> Effect:
    return record_changed(lambda row: row.update({name: value}), position=position)


def rows_changed(change: Callable[[list[Row]], list[Row]]) -> Effect:
    """Decodes the answer, changes its rows, encodes it again; errors pass as they are."""

    def effect(_request: Request, answer: Answer) -> Response:
        response = answer()
        if response.status != OK:
            return response
        value = json.loads(response.body)
        rows = change(value if isinstance(value, list) else [value])
        response.body = json.dumps(rows if isinstance(value, list) else rows[0], ensure_ascii=False).encode()
        return response

    return effect
