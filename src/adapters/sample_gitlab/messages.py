"""Requests and answers inside the sample server, free of sockets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from urllib.parse import parse_qsl, unquote

OK = 200
Headers = tuple[tuple[str, str], ...]
SECRET_PARAMS = frozenset({"private_token", "access_token", "job_token"})


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is as it was sent, still percent-encoded and without the relative root; header names are lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""
    root: str = ""

    @property
    def target(self) -> str:
        """Path and query without any token, for logs and faults."""
        shown = "&".join(part for part in self.query.split("&") if part.split("=", 1)[0] not in SECRET_PARAMS)
        return f"{self.path}?{shown}" if shown else self.path


@dataclass(slots=True)
class Params:
    """The query of a request, by name; arrays (`iids[]`) under their name without brackets."""

    pairs: list[tuple[str, str]]
    _values: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self._values = {}
        for name, value in self.pairs:
            self._values.setdefault(name.removesuffix("[]"), []).append(value)

    @classmethod
    def of(cls, query: str) -> "Params":
        return cls(parse_qsl(query, keep_blank_values=True))

    def get(self, name: str, default: str = "") -> str:
        values = self._values.get(name)
        return values[-1] if values else default

    def every(self, name: str) -> list[str]:
        """All values of an array; a comma list counts as several."""
        return [part for value in self._values.get(name, []) for part in value.split(",") if part]

    def flag(self, name: str) -> bool:
        return self.get(name).lower() in {"true", "1", "t", "yes"}

    def __contains__(self, name: str) -> bool:
        return name in self._values


@dataclass(slots=True)
class Response:
    """`transport` says how the bytes get out: whole, cut off, not at all, or never."""

    status: int
    body: bytes = b""
    headers: Headers = ()
    content_type: str = "application/json"
    transport: str = "whole"
    released: Event | None = None
    delay_ms: float = 0


Answer = Callable[[], Response]


class Refused(Exception):
    """A handler's early answer; it never leaves the server."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def message(status: int, text: str) -> Response:
    return Response(status, b'{"message":"%s"}' % text.encode())


def error(status: int, text: str) -> Response:
    return Response(status, b'{"error":"%s"}' % text.encode())


def segments(path: str) -> list[str]:
    return [unquote(part) for part in path.split("/") if part]
