"""The HTTP/1.1 server: keep-alive, one thread for each connection, and the faults of the transport."""

import contextlib
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

from adapters.sample_gitlab.messages import Request, Response

Respond = Callable[[Request], Response]
_REASONS = {200: "OK", 301: "Moved Permanently", 304: "Not Modified"}
_CHECK_S = 0.05
_MAX_LINE = 65_536


class Listener:
    """Accepts connections until it is stopped; `respond` is called in the connection's thread."""

    def __init__(self, host: str, port: int, respond: Respond, stamp: Callable[[], str]) -> None:
        self._respond = respond
        self._stamp = stamp
        self._socket = socket.create_server((host, port), backlog=128)
        self.host, self.port = self._socket.getsockname()[:2]
        self._open: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._acceptor = threading.Thread(target=self._accept, name="sample-gitlab", daemon=True)

    def start(self) -> None:
        self._acceptor.start()

    def stop(self) -> None:
        """Ends every connection, also those that hang, and waits for their threads."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._acceptor.join()
        with self._lock:
            threads, connections = list(self._threads), list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            with self._lock:
                self._open.add(connection)
                self._threads.add(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with connection, connection.makefile("rb") as stream:
                while (request := read_request(stream)) is not None:
                    if not self._exchange(connection, request):
                        return
        except OSError:
            return
        finally:
            with self._lock:
                self._open.discard(connection)
                self._threads.discard(threading.current_thread())

    def _exchange(self, connection: socket.socket, request: Request) -> bool:
        """Whether the connection can be used again."""
        response = self._respond(request)
        if response.delay_ms:
            self._stopping.wait(response.delay_ms / 1000)
        if response.released is not None and not self._wait(connection, response.released):
            return False
        if response.transport == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        keep = request.headers.get("connection", "").lower() != "close" and response.transport == "whole"
        head = head_of(response, self._stamp(), keep_alive=keep)
        body = b"" if request.method == "HEAD" else response.body
        connection.sendall(head + (body if response.transport == "whole" else body[: len(body) // 2]))
        return keep

    def _wait(self, connection: socket.socket, released: threading.Event) -> bool:
        """Until the fault is released; False when the client has left or the server stops."""
        while not released.wait(_CHECK_S):
            if self._stopping.is_set() or _left(connection):
                return False
        return True


def _left(connection: socket.socket) -> bool:
    readable, _, _ = select.select([connection], [], [], 0)
    return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""


def read_request(stream: BinaryIO) -> Request | None:
    """None at the end of the connection, and for what is no HTTP."""
    line = stream.readline(_MAX_LINE).decode("latin-1").split()
    if len(line) != 3:  # noqa: PLR2004 - method, target, version
        return None
    method, target, _ = line
    headers: dict[str, str] = {}
    while (text := stream.readline(_MAX_LINE).decode("latin-1").rstrip("\r\n")) != "":
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    path, _, query = target.partition("?")
    return Request(method, path, query, headers, body)


def head_of(response: Response, date: str, *, keep_alive: bool) -> bytes:
    reason = _REASONS.get(response.status, "Error")
    lines = [f"HTTP/1.1 {response.status} {reason}", f"Date: {date}", f"Content-Type: {response.content_type}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    lines += [f"Content-Length: {len(response.body)}", f"Connection: {'keep-alive' if keep_alive else 'close'}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def monotonic_ms() -> float:
    return time.perf_counter() * 1000
