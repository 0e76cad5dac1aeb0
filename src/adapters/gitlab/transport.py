"""One GET at a time: the token to the configured place only, patience, and every failure as an error of `lore`."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

import httpx

from adapters.gitlab.addresses import GitLabAddress
from adapters.gitlab.connections import Connections
from adapters.gitlab.failures import (
    Exchange,
    Setback,
    failure,
    network_failure,
    redirected_away,
    unreadable,
)
from adapters.gitlab.limiter import Pacer
from adapters.gitlab.response_headers import Headers, date_ms
from adapters.gitlab.retries import Effort, Jitter, Patience
from application.ports.clock import Clock
from domain.errors import GitLabError, GitLabUnavailable
from domain.runs import RequestStatistics

T = TypeVar("T")
Params = Mapping[str, str | int]

_OK = 200
_TOO_MANY = 429
_REDIRECTS = range(300, 400)
_MOST_REDIRECTS = 3
_LARGEST_BODY = 256 * 1024 * 1024
_SLOWEST_BODY_MS = 120_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What a GET brought. The times are of the try that succeeded."""

    value: T
    content: bytes
    headers: Headers
    requested_at: int
    answered_at: int
    """When its headers were there; both by the local clock."""
    server_date: int
    """The `Date` header, or the local clock where a server sends none."""
    server_requested_at: int
    """When the request began, by the server's clock, and never later than that was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Timing:
    requested_at: int
    answered_at: int
    elapsed_ms: int


class Transport:
    """Shared by all threads."""

    def __init__(
        self,
        *,
        address: GitLabAddress,
        connections: Connections,
        pacer: Pacer,
        clock: Clock,
        jitter: Jitter,
        concurrency: int,
        patience: Patience | None = None,
    ) -> None:
        self._address = address
        self._connections = connections
        self._pacer = pacer
        self._clock = clock
        self._jitter = jitter
        self._patience = patience or Patience()
        self._under_way = threading.BoundedSemaphore(concurrency)
        self._counting = threading.Lock()
        self._statistics = RequestStatistics()

    def statistics(self) -> RequestStatistics:
        with self._counting:
            return self._statistics

    def get(self, path: str, params: Params, read: Callable[[bytes], T]) -> Answer[T]:
        """GET below the instance's root; `read` makes the value of the body and raises ValueError for what is none."""
        effort = Effort(self._patience, self._jitter, self._clock.monotonic_ms())
        target = f"{path}?{urlencode(params)}" if params else path
        while True:
            try:
                return self._try(target, read)
            except Setback as setback:
                self._wait(effort.wait_after(setback, self._clock.monotonic_ms()), setback)

    def _wait(self, milliseconds: int, setback: Setback) -> None:
        self._count(retries=1)
        if setback.is_rate_limit:
            self._pacer.close_for(milliseconds)
            return
        self._clock.sleep(milliseconds)
        self._count(waited_ms=milliseconds)

    def _try(self, target: str, read: Callable[[bytes], T]) -> Answer[T]:
        seen = {target}
        while True:
            exchange, timing = self._exchange(target)
            if exchange.status not in _REDIRECTS:
                return self._answer(exchange, timing, read)
            target = self._followed(exchange)
            if target in seen or len(seen) > _MOST_REDIRECTS:
                raise redirected_away(exchange, "in circles")
            seen.add(target)

    def _followed(self, exchange: Exchange) -> str:
        """A renamed project answers 301; the way goes on at the configured place only (sync.md rule 11)."""
        location = exchange.headers.get("location", "")
        target = self._address.target_of(location) if location else None
        if target is None:
            raise redirected_away(exchange, "to another place")
        return target

    def _answer(self, exchange: Exchange, timing: _Timing, read: Callable[[bytes], T]) -> Answer[T]:
        if exchange.status != _OK:
            raise failure(exchange)
        try:
            value = read(exchange.content)
        except ValueError as error:
            raise unreadable(exchange, error) from error
        date = date_ms(exchange.headers)
        server_date = timing.answered_at if date is None else date
        return Answer(
            value=value,
            content=exchange.content,
            headers=exchange.headers,
            requested_at=timing.requested_at,
            answered_at=timing.answered_at,
            server_date=server_date,
            server_requested_at=server_date - timing.elapsed_ms,
        )

    def _exchange(self, target: str) -> tuple[Exchange, _Timing]:
        path = target.partition("?")[0]
        self._count(waited_ms=self._pacer.acquire())
        try:
            with self._under_way, self._connections.lent() as client:
                exchange, timing = self._send(client, target, path)
        except httpx.HTTPError as error:
            raise network_failure(path, error) from error
        self._pacer.learn(exchange.headers)
        self._count(rate_limited=int(exchange.status == _TOO_MANY))
        return exchange, timing

    def _send(self, client: httpx.Client, target: str, path: str) -> tuple[Exchange, _Timing]:
        request = client.build_request("GET", self._address.url + target)
        requested_at, began = self._clock.now_ms(), self._clock.monotonic_ms()
        self._count(requests=1)
        response = client.send(request, stream=True)
        try:
            answered_at, elapsed = self._clock.now_ms(), self._clock.monotonic_ms() - began
            content = self._body(response, path)
        finally:
            response.close()
        exchange = Exchange(path=path, status=response.status_code, headers=response.headers, content=content)
        return exchange, _Timing(requested_at=requested_at, answered_at=answered_at, elapsed_ms=elapsed)

    def _body(self, response: httpx.Response, path: str) -> bytes:
        """The whole body; one that drips for ever or never ends is given up."""
        until = self._clock.monotonic_ms() + _SLOWEST_BODY_MS
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > _LARGEST_BODY:
                raise _too_much(path)
            if self._clock.monotonic_ms() > until:
                raise httpx.ReadTimeout("the body took too long")
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _count(self, *, requests: int = 0, retries: int = 0, rate_limited: int = 0, waited_ms: int = 0) -> None:
        with self._counting:
            known = self._statistics
            self._statistics = RequestStatistics(
                requests=known.requests + requests,
                retries=known.retries + retries,
                rate_limited=known.rate_limited + rate_limited,
                waited_ms=known.waited_ms + waited_ms,
            )


def _too_much(path: str) -> GitLabError:
    return GitLabUnavailable(
        f"GitLab's answer to GET {path} is larger than {_LARGEST_BODY // 1024 // 1024} MB and was given up.",
        suggestion="Report this to whoever runs the GitLab.",
        details={"method": "GET", "path": path},
    )
