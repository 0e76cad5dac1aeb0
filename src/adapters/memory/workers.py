"""Work done in the caller's own thread."""

from collections.abc import Callable, Iterator
from random import Random
from typing import TypeVar

from application.ports.workers import Finished
from domain.errors import LoreError

T = TypeVar("T")
R = TypeVar("R")


class MemoryWorkers:
    """Port `Workers`. Without a seed one piece of work is begun and finished after the other.

    With a seed up to `width` pieces are under way: which one is begun next, and which of the finished ones is handed
    over next, is drawn. So a result may be old by the time it arrives, as with real threads.
    """

    def __init__(self, *, width: int = 8, seed: int | None = None) -> None:
        self._width = 1 if seed is None else width
        self._random = Random(seed or 0)  # noqa: S311  an order of events, not a secret

    def run(self, function: Callable[[T], R], next_item: Callable[[], T | None]) -> Iterator[Finished[T, R]]:
        waiting: list[T] = []
        done: list[Finished[T, R]] = []
        while True:
            while len(waiting) + len(done) < self._width and (item := next_item()) is not None:
                waiting.append(item)
            if not waiting and not done:
                return
            if waiting and (not done or self._random.random() < len(waiting) / self._width):
                done.append(_finish(function, self._drawn(waiting)))
            else:
                yield self._drawn(done)

    def _drawn(self, choices: list[R]) -> R:
        return choices.pop(self._random.randrange(len(choices)))


def _finish(function: Callable[[T], R], item: T) -> Finished[T, R]:
    try:
        return Finished(item, function(item))
    except LoreError as error:
        return Finished(item, error)
