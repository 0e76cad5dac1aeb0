"""One JSON request at a time to the configured embedding server, with a little patience, and its failures as errors.

The key goes to the configured address only: redirects are not followed, and no message, log or repr shows it.
"""

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import httpx

from adapters.embedders.server_failures import (
    Refusal,
    Setback,
    end_of_patience,
    no_answer,
    not_allowed,
    passing,
    redirected,
    told,
    too_large,
    unusable_key,
    unusable_proxy,
)
from application.ports.clock import Clock

_CONNECT_S: Final = 5.0
_LARGEST_BODY: Final = 64 * 1024 * 1024
_DENIED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAccess:
    """How to reach an embedding server."""

    url: str
    """Without a slash at its end."""
    key: Callable[[], str] | None = field(default=None, repr=False)
    """Gives what is sent as bearer token; asked at the first request. Raises `EmbedderUnavailable`."""
    timeout_s: float = 120.0
    """For one request; a server that has to load its model first may take a minute."""
    direct: bool = False
    """The server is on this machine, which no proxy of the environment reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """What one request may cost in all."""

    waits_ms: tuple[int, ...]
    """Before each further try."""
    longest_wait_ms: int
    """A server that asks for more is not waited for."""
    longest_s: float | None = None
    """Shortens the time-out."""


THOROUGH: Final = Patience(waits_ms=(250, 1_000, 3_000), longest_wait_ms=20_000)
ONE_MORE_TRY: Final = Patience(waits_ms=(250,), longest_wait_ms=1_000)
"""For what others wait for, and what may make a server load its model."""
HASTY: Final = Patience(waits_ms=(250,), longest_wait_ms=1_000, longest_s=20.0)
"""For somebody who waits for a search, which goes on without vectors if it must."""


class EmbeddingServer:
    """Shared by all threads; a context manager, whose end closes the connections."""

    def __init__(self, access: ServerAccess, clock: Clock) -> None:
        self._access = access
        self._clock = clock
        self._making = threading.Lock()
        self._client: httpx.Client | None = None
        self._key = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._making:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    @property
    def url(self) -> str:
        return self._access.url

    def asked(self, path: str, patience: Patience, body: Mapping[str, object] | None = None) -> bytes:
        """The body of an answer 200 to a GET, or to a POST where there is a body to send.

        Raises `EmbedderUnavailable`, or `Refusal` where the server understood and does not want to (400 to 499).
        """
        client = self._opened()
        for wait in (*patience.waits_ms, None):
            try:
                return self._answer(client, path, patience, body)
            except Setback as setback:
                if wait is None:
                    raise setback.error from setback.__cause__
                self._wait(setback, wait, patience)
        raise AssertionError

    def _wait(self, setback: Setback, wait_ms: int, patience: Patience) -> None:
        longer = max(wait_ms, setback.retry_after_ms or 0)
        if longer > patience.longest_wait_ms:
            raise end_of_patience(self.url, longer) from setback
        self._clock.sleep(longer)

    def _answer(self, client: httpx.Client, path: str, patience: Patience, body: Mapping[str, object] | None) -> bytes:
        response, content = self._exchange(client, path, patience, body)
        status = response.status_code
        if status == HTTPStatus.OK:
            return content
        if status in _DENIED:
            raise not_allowed(self.url, status, with_key=self._access.key is not None)
        if response.is_redirect or response.has_redirect_location:
            raise redirected(self.url)
        said = told(content, self._key)
        if status == HTTPStatus.TOO_MANY_REQUESTS or not response.is_client_error:
            raise passing(self.url, status, said, response.headers.get("retry-after", ""))
        raise Refusal(status, said)

    def _exchange(
        self, client: httpx.Client, path: str, patience: Patience, body: Mapping[str, object] | None
    ) -> tuple[httpx.Response, bytes]:
        limit_s = min(self._access.timeout_s, patience.longest_s or self._access.timeout_s)
        until = self._clock.monotonic_ms() + round(limit_s * 1_000)
        request = client.build_request(
            "GET" if body is None else "POST",
            self.url + path,
            content=None if body is None else json.dumps(body),
            headers={} if body is None else {"Content-Type": "application/json"},
            timeout=httpx.Timeout(limit_s, connect=min(_CONNECT_S, limit_s)),
        )
        try:
            response = client.send(request, stream=True)
            try:
                return response, self._body(response, until)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise no_answer(self.url, error, limit_s) from error

    def _body(self, response: httpx.Response, until_ms: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > _LARGEST_BODY:
                raise too_large(self.url, _LARGEST_BODY)
            if self._clock.monotonic_ms() > until_ms:
                raise httpx.ReadTimeout("the answer took too long")
        return b"".join(parts)

    def _opened(self) -> httpx.Client:
        with self._making:
            if self._client is None:
                self._key = self._usable_key()
                self._client = self._made()
            return self._client

    def _made(self) -> httpx.Client:
        try:
            return httpx.Client(
                headers={"Accept": "application/json", **_authorization(self._key)},
                verify=_trust(encrypted=self.url.startswith("https:")),
                trust_env=not self._access.direct,
                follow_redirects=False,
            )
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            raise unusable_proxy(self.url) from error

    def _usable_key(self) -> str:
        key = "" if self._access.key is None else self._access.key().strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            raise unusable_key(self.url)
        return key


def _authorization(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _trust(*, encrypted: bool) -> ssl.SSLContext:
    """Loading the certificates costs 50 ms, which a server without encryption is spared."""
    return httpx.create_ssl_context() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
