"""The HTTP clients of one instance: one for each thread, all with its certificates, proxies and token."""

import ssl
import threading

import httpx

from adapters.gitlab.addresses import GitLabAddress
from domain.errors import ConfigInvalid

TIMEOUT_S = 65.0
"""GitLab itself gives up a request after 60 s (FACTS.md section c)."""
CONNECT_S = 10.0
_KEEP_ALIVE_S = 30.0


class Connections:
    """Sync clients, not shared: twice the throughput at less CPU of what else httpx offers (measured).

    The token is a header of every request, and every request goes to the configured address: nothing here follows
    redirects. Proxies come from the usual environment variables.
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
        self._mine = threading.local()
        self._making = threading.Lock()
        self._trust: ssl.SSLContext | None = None
        self._open: list[httpx.Client] = []

    def client(self) -> httpx.Client:
        """This thread's client."""
        known: httpx.Client | None = getattr(self._mine, "client", None)
        if known is None:
            known = self._mine.client = self._made()
        return known

    def close(self) -> None:
        with self._making:
            clients, self._open = self._open, []
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
