"""Running the server."""

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from domain.errors import FileError, UsageError
from entrypoints.settings import is_loopback


def listening_socket(host: str, port: int, *, allow_remote: bool) -> socket.socket:
    """Bound and ready. Raises `UsageError` for an address that others can reach, unless that is allowed."""
    if not is_loopback(host) and not allow_remote:
        raise UsageError(
            f"{host} can be reached by others, and everybody who can would read all that your token could.",
            suggestion="Leave --host out, or add --allow-remote if that is what you want.",
            details={"option": "--host", "value": host},
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise FileError(
            f"{host}:{port} cannot be listened on: {error.strerror}.",
            suggestion="Another program may have it; --port 0 takes any free one.",
            details={"host": host, "port": port},
        ) from error
    return listener


def serve(app: FastAPI, listener: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` gets the address first."""
    host, port = listener.getsockname()[:2]
    ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2
    )
    with suppress(KeyboardInterrupt):  # uvicorn has ended in good order, and passes the signal on
        uvicorn.Server(config).run(sockets=[listener])
