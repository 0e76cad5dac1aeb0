"""From an answer or a network error to the error of `lore` it stands for, and whether trying again may help."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

import httpx

from adapters.gitlab.misfits import explained
from adapters.gitlab.response_headers import retry_after_ms
from domain.errors import (
    GitLabAuthFailed,
    GitLabError,
    GitLabForbidden,
    GitLabNotFound,
    GitLabRateLimited,
    GitLabUnavailable,
    MalformedPayload,
)
from domain.safe_text import single_line

_SHOWN_CHARS = 200
_JSON = "application/json"
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY)


class Hope(Enum):
    """Why trying again may help; `retries` knows how often it is worth it."""

    RATE_LIMIT = "rate limit"
    SERVER = "server"
    NETWORK = "network"
    CONTENT = "content"


class Setback(Exception):
    """A failure that may pass; `error` is what it comes to if it does not."""

    def __init__(self, *, error: GitLabError, hope: Hope, retry_after_ms: int | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.hope = hope
        self.retry_after_ms = retry_after_ms

    @property
    def is_rate_limit(self) -> bool:
        return self.hope is Hope.RATE_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, as far as failures are concerned. `path` has no query."""

    path: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").startswith(_JSON)

    @property
    def details(self) -> dict[str, object]:
        known = {"method": "GET", "path": self.path, "status": self.status}
        request_id = self.headers.get("x-request-id")
        return known | ({"request_id": _shown(request_id)} if request_id else {})

    def said(self) -> str:
        """GitLab's own words: `message`, `error_description` or `error` of its JSON, or a plain text."""
        try:
            value = json.loads(self.content)
        except ValueError:
            return _shown(self.content.decode(errors="replace")) if self._is_plain else ""
        return _shown(_words(value))

    @property
    def _is_plain(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/plain")

    def told(self, what: str) -> str:
        said = self.said()
        request_id = self.details.get("request_id")
        return (
            f"GitLab {what}: GET {self.path} answered {self.status}"
            + (f" ({said})" if said else "")
            + (f", request {request_id}" if request_id else "")
            + "."
        )


def failure(exchange: Exchange) -> GitLabError | Setback:
    """What a status other than 200 means."""
    match exchange.status:
        case HTTPStatus.UNAUTHORIZED:
            return _unauthorized(exchange)
        case HTTPStatus.FORBIDDEN:
            return _forbidden(exchange)
        case HTTPStatus.NOT_FOUND:
            return GitLabNotFound(
                exchange.told("knows no such thing, or hides it from this token"),
                suggestion="Check the path, and that the token's user may see it.",
                details=exchange.details,
            )
        case HTTPStatus.TOO_MANY_REQUESTS:
            return _rate_limited(exchange)
        case status if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _unavailable(exchange)
    return GitLabUnavailable(
        exchange.told("refused a request that should be good"),
        suggestion="Report this with the request's id to whoever runs the GitLab.",
        details=exchange.details,
    )


def _unauthorized(exchange: Exchange) -> GitLabError:
    said = exchange.said().lower()
    reason = next((word for word in ("expired", "revoked") if word in said), "unauthorized")
    return GitLabAuthFailed(
        exchange.told("refused the token"),
        suggestion="Create a token with scope read_api and set it.",
        actions=("lore token set", "lore auth"),
        details={**exchange.details, "reason": reason},
    )


def _forbidden(exchange: Exchange) -> GitLabError:
    """One thing is forbidden, unless a firewall or a block says so, which speaks no JSON or names the account."""
    said = exchange.said().lower()
    if b'"insufficient_' in exchange.content:
        return GitLabForbidden(
            exchange.told("says that the token's scopes do not suffice"),
            suggestion="Create a token with scope read_api and set it.",
            actions=("lore token set", "lore auth"),
            details={**exchange.details, "reason": "insufficient_scope"},
        )
    details = {**exchange.details, "reason": "forbidden"}
    if not exchange.is_json or "blocked" in said:
        return GitLabAuthFailed(
            exchange.told("refuses this user or this machine altogether"),
            suggestion="The account or the network address may be blocked: ask whoever runs the GitLab.",
            actions=("lore auth",),
            details=details,
        )
    return GitLabForbidden(
        exchange.told("does not let this token's user see it"),
        suggestion="Ask for access, or check that the feature is on in the project.",
        details=details,
    )


def _rate_limited(exchange: Exchange) -> Setback:
    wait_ms = retry_after_ms(exchange.headers)
    seconds = None if wait_ms is None else _whole_seconds(wait_ms)
    when = "later" if seconds is None else f"in {seconds} s"
    error = GitLabRateLimited(
        exchange.told("asks for fewer requests"),
        suggestion=f"Try again {when}, or set sync.requests_per_second lower.",
        details={**exchange.details, "retry_after_s": seconds},
    )
    return Setback(error=error, hope=Hope.RATE_LIMIT, retry_after_ms=wait_ms)


def _unavailable(exchange: Exchange) -> Setback:
    wait_ms = retry_after_ms(exchange.headers) if "retry-after" in exchange.headers else None
    known = {} if wait_ms is None else {"retry_after_s": _whole_seconds(wait_ms)}
    error = GitLabUnavailable(
        exchange.told("cannot serve now"),
        suggestion="Try again later; what was synced is kept.",
        details={**exchange.details, **known},
    )
    return Setback(error=error, hope=Hope.SERVER, retry_after_ms=wait_ms)


def redirected_away(exchange: Exchange, why: str) -> GitLabError:
    return GitLabUnavailable(
        f"GitLab sent GET {exchange.path} {why}; lore does not follow, for the token belongs to the configured place.",
        suggestion="Check the instance's url in the configuration: scheme, host, port and root path.",
        actions=("lore doctor",),
        details=exchange.details,
    )


def unreadable(exchange: Exchange, error: ValueError) -> Setback:
    """An answer 200 that is no JSON of the kind that was asked for."""
    is_page = exchange.content.lstrip()[:1] == b"<"
    what = "a web page where the API's JSON should be" if is_page else "something that cannot be read"
    advice = "Check that the url is the GitLab's own" if is_page else "If this happens again, report it"
    malformed = MalformedPayload(
        f"GitLab sent {what}: GET {exchange.path}: {_shown(explained(error))}.",
        suggestion=f"{advice}; what was synced is kept.",
        actions=("lore doctor",) if is_page else (),
        details=exchange.details,
    )
    return Setback(error=malformed, hope=Hope.CONTENT)


def network_failure(path: str, error: httpx.HTTPError) -> GitLabError | Setback:
    details = {"method": "GET", "path": path, "cause": type(error).__name__}
    if _is_certificate(error):
        return GitLabUnavailable(
            f"The GitLab's certificate is not trusted: {_shown(str(error))}.",
            suggestion="Set the instance's ca_file to the certificate of the authority that signed it.",
            details=details,
        )
    if isinstance(error, httpx.TimeoutException):
        what, why = "did not answer in time", ""
    else:
        what, why = "cannot be reached", f": {_shown(str(error)) or type(error).__name__}"
    unavailable = GitLabUnavailable(
        f"GitLab {what}: GET {path}{why}.",
        suggestion="Check the network, the proxy and the instance's url; what was synced is kept.",
        actions=("lore doctor",),
        details=details,
    )
    return Setback(error=unavailable, hope=Hope.NETWORK)


def _is_certificate(error: BaseException) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _whole_seconds(milliseconds: int) -> int:
    return -(-milliseconds // 1000)


def _words(value: object) -> str:
    if isinstance(value, dict):
        for key in ("message", "error_description", "error"):
            if key in value:
                return _words(value[key])
        return ""
    return value if isinstance(value, str) else ""


def _shown(text: str) -> str:
    return single_line(text).strip()[:_SHOWN_CHARS]
