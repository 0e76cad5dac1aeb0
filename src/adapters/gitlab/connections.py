"""The HTTP clients of one instance, each lent to one request at a time, all with its certificates and token."""

import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from adapters.gitlab.addresses import GitLabAddress
from domain.errors import ConfigInvalid, GitLabUnavailable

TIMEOUT_S = 65.0
"""GitLab itself gives up a request after 60 s (FACTS.md section c)."""
CONNECT_S = 10.0
_KEEP_ALIVE_S = 30.0


class Connections:
    """Sync clients, each with one connection and one user at a time: what httpx is quickest with (measured).

    There are as many as requests were ever under way together. The token is a header of every request, and every
    request goes to the configured address: nothing here follows redirects. Proxies come from the environment.
    """

    def __init__(
        self,
        *,
        address: GitLabAddress,
        token: str,
        user_agent: str,
        ca_file: str | None = None,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._address = address
        self._headers = {"PRIVATE-TOKEN": token, "User-Agent": user_agent, "Accept": "application/json"}
        self._ca_file = ca_file
        self._timeout = httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))
        self._transport = transport
        self._idle: deque[httpx.Client] = deque()
        self._making = threading.Lock()
        self._trust: ssl.SSLContext | None = None
        self._open: list[httpx.Client] = []
        self._closed = False

    @contextmanager
    def lent(self) -> Iterator[httpx.Client]:
        """The client used last, whose connection is most likely alive. Raises `GitLabUnavailable` after `close`."""
        if self._closed:
            raise GitLabUnavailable("The connections to this GitLab are closed.", suggestion="Run the command again.")
        try:
            client = self._idle.pop()
        except IndexError:
            client = self._made()
        try:
            yield client
        finally:
            self._idle.append(client)

    def close(self) -> None:
        """Requests under way are abandoned."""
        with self._making:
            self._closed = True
            clients, self._open = self._open, []
            self._idle.clear()
        for client in clients:
            client.close()

    def _made(self) -> httpx.Client:
        with self._making:
            if self._trust is None:
                encrypted = self._address.is_encrypted and self._transport is None
                self._trust = _trust(self._ca_file, encrypted=encrypted)
            try:
                client = httpx.Client(
                    headers=self._headers,
                    timeout=self._timeout,
                    verify=self._trust,
                    follow_redirects=False,
                    limits=httpx.Limits(max_connections=1, keepalive_expiry=_KEEP_ALIVE_S),
                    transport=self._transport,
                )
            except (ValueError, ImportError, httpx.InvalidURL) as error:
                raise ConfigInvalid(
                    "The proxy settings of the environment cannot be used.",
                    suggestion="Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.",
                ) from error
            self._open.append(client)
            return client


def _trust(ca_file: str | None, *, encrypted: bool) -> ssl.SSLContext:
    """Which certificates are believed. Loading them costs 50 ms, so once for all clients, and not for plain HTTP."""
    if not encrypted and ca_file is None:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = httpx.create_ssl_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigInvalid(
                f"The ca_file {ca_file} cannot be read as certificates.",
                suggestion="Give a file in PEM format with the certificate of the authority that signed the GitLab's.",
            ) from error
    return context
