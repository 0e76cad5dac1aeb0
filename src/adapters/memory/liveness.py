"""Who lives, as a set of names."""

from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import StoreLocked


class MemoryLiveness:
    """Port `Liveness`. `kill` ends a life from outside, as SIGKILL does."""

    def __init__(self) -> None:
        self._alive: dict[str, object] = {}

    @contextmanager
    def living(self, name: str) -> Iterator[None]:
        if name in self._alive:
            raise StoreLocked(f"Somebody else lives under the name {name}.", details={"name": name})
        me = object()
        self._alive[name] = me
        try:
            yield
        finally:
            if self._alive.get(name) is me:
                del self._alive[name]

    def is_alive(self, name: str) -> bool:
        return name in self._alive

    def start(self, name: str) -> None:
        """Somebody elsewhere lives under the name from now on."""
        self._alive[name] = object()

    def kill(self, name: str) -> None:
        self._alive.pop(name, None)
