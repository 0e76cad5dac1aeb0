"""Doing several network reads at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from domain.errors import LoreError

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Finished(Generic[T, R]):
    """One piece of work that ended: with a result, or with the error it raised on purpose."""

    item: T
    outcome: R | LoreError


class Workers(Protocol):
    """A bounded number of workers.

    Results come as they are finished, in the caller's thread. `next_item` is called there too, whenever a worker is
    free, and again after each result: None means "nothing now". The iteration ends once it says None and nothing is
    under way, so work found in a result joins in. A `LoreError` is a result; any other exception is raised at once.
    When the iteration is left early, no further item starts and what is under way is abandoned.
    """

    def run(self, function: Callable[[T], R], next_item: Callable[[], T | None]) -> Iterator[Finished[T, R]]: ...
