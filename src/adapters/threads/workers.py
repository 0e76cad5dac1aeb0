"""Work spread over threads that are kept for the next piece of work."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TypeAlias, TypeVar
from weakref import finalize

from application.ports.workers import Finished
from domain.errors import LoreError

T = TypeVar("T")
R = TypeVar("R")

Deliver: TypeAlias = Callable[[], None]
Task: TypeAlias = Callable[[], Deliver]
"""Does the work and returns what hands its result over."""
Inbox: TypeAlias = "SimpleQueue[Task | None]"


class ThreadWorkers:
    """Port `Workers`: at most `width` calls at a time, for one caller at a time or several.

    The threads are daemons: a request that hangs keeps neither the iteration nor the process from ending. They live
    as long as this object, so that what is bound to a thread, such as a connection, serves the next run too.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._bench = _Bench()
        finalize(self, self._bench.close).atexit = False

    def run(self, function: Callable[[T], R], next_item: Callable[[], T | None]) -> Iterator[Finished[T, R]]:
        results: SimpleQueue[Finished[T, R] | _Crash] = SimpleQueue()
        under_way = 0
        while True:
            while under_way < self._width and (item := next_item()) is not None:
                self._bench.start(partial(_work, function, item, results))
                under_way += 1
            if not under_way:
                return
            result = results.get()
            under_way -= 1
            if isinstance(result, _Crash):
                raise result.error
            yield result


@dataclass(frozen=True, slots=True)
class _Crash:
    """An exception that nobody meant to be a result."""

    error: BaseException


@dataclass(slots=True, weakref_slot=True)
class _Bench:
    """The inboxes of threads that wait for work."""

    idle: deque[Inbox] = field(default_factory=deque)
    closed: bool = False

    def start(self, task: Task) -> None:
        try:
            inbox = self.idle.pop()
        except IndexError:
            inbox = SimpleQueue()
            Thread(target=_serve, args=(inbox, self), name="lore-worker", daemon=True).start()
        inbox.put(task)

    def close(self) -> None:
        """Send home those who wait; those who work go when they are done."""
        self.closed = True
        for inbox in tuple(self.idle):
            inbox.put(None)


def _serve(inbox: Inbox, bench: _Bench) -> None:
    while (task := inbox.get()) is not None:
        deliver = task()
        # Idle before the result is known: whoever gets it may have the next piece of work at hand.
        bench.idle.append(inbox)
        deliver()
        del task, deliver
        if bench.closed:
            return


def _work(function: Callable[[T], R], item: T, results: "SimpleQueue[Finished[T, R] | _Crash]") -> Deliver:
    try:
        return partial(results.put, Finished(item, function(item)))
    except LoreError as error:
        return partial(results.put, Finished(item, error))
    except BaseException as error:  # noqa: BLE001  it is raised again in the caller's thread
        return partial(results.put, _Crash(error))
