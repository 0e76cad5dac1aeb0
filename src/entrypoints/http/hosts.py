"""Who may be asked for: a page elsewhere must not reach this server by a name of its own (DNS rebinding).

A browser sends the name that the page used as `Host`. A name that resolves to this machine only for an attacker is
none of ours, while an address of numbers cannot be rebound.
"""

import ipaddress
import re
from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from entrypoints.http.answers import refusal
from entrypoints.settings import is_loopback

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::[0-9]{1,5})?")


class HostCheck:
    """Refuses requests whose `Host` is neither this machine nor one of the allowed names, before anything else."""

    def __init__(self, app: ASGIApp, *, allowed: Collection[str], any_address: bool) -> None:
        self._app = app
        self._allowed = {name.casefold() for name in allowed}
        self._any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_ours(_host(scope)):
            await refusal("Only this machine's own names are answered.")(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        if is_loopback(host) or host in self._allowed:
            return True
        return self._any_address and _is_address(host)


def _host(scope: Scope) -> str:
    """The name or address alone, without its port; empty where there is none or more than one."""
    said: list[str] = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if len(said) != 1:
        return ""
    match = _HOST.fullmatch(said[0].casefold().strip())
    return match[1] if match else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
