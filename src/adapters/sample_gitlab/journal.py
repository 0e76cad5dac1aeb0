"""What the server was asked: every request with its answer's status, without any token."""

import re
import threading
from collections import Counter
from dataclasses import dataclass, field

from adapters.sample_gitlab.messages import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One request that was answered; `target` is path and query without tokens, times are the server's monotonic ms."""

    method: str
    target: str
    status: int
    started_ms: float
    took_ms: float
    size: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(slots=True)
class Journal:
    """Thread-safe; `most_at_once` is the highest number of requests that were ever in flight together."""

    served: list[Served] = field(default_factory=list)
    in_flight: int = 0
    most_at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        with self._lock:
            self.in_flight += 1
            self.most_at_once = max(self.most_at_once, self.in_flight)

    def end(self, request: Request, *, status: int, started_ms: float, took_ms: float, size: int) -> None:
        entry = Served(
            method=request.method,
            target=request.target,
            status=status,
            started_ms=started_ms,
            took_ms=took_ms,
            size=size,
        )
        with self._lock:
            self.in_flight -= 1
            self.served.append(entry)

    def clear(self) -> None:
        with self._lock:
            self.served.clear()
            self.most_at_once = self.in_flight

    def matching(self, pattern: str, *, method: str | None = None) -> list[Served]:
        """Those whose path and query the regular expression is found in, in the order of their ends."""
        wanted = re.compile(pattern)
        with self._lock:
            entries = list(self.served)
        return [entry for entry in entries if wanted.search(entry.target) and method in {None, entry.method}]

    def count(self, pattern: str = "") -> int:
        return len(self.matching(pattern))

    def by_status(self) -> Counter[int]:
        with self._lock:
            return Counter(entry.status for entry in self.served)

    def by_kind(self) -> Counter[str]:
        """Counted by the path with numbers and names blanked: `projects/*/issues/*/notes`."""
        with self._lock:
            paths = [entry.path for entry in self.served]
        return Counter(_kind(path) for path in paths)


def _kind(path: str) -> str:
    names = path.removeprefix("/api/v4/").strip("/").split("/")
    return "/".join("*" if position % 2 else name for position, name in enumerate(names))
