"""Runs several callables as if at once, in an order that a seed decides and repeats.

Each is a real thread, and exactly one of them runs at a time. At every switch point (a request, a step of a
transaction, a wait) the next one is drawn. Time stands still while anybody can run, but for `tick_ms`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from threading import Lock, Thread, get_ident
from typing import Generic, TypeVar

from adapters.memory.clock import MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.gitlab import MemoryGitLab

R = TypeVar("R")

MAX_SWITCHES = 1_000_000
MAX_IDLE_WAITS = 10_000
"""Waits in a row, by all together, with nothing else happening in between: nobody waits for anything that can come."""
STUCK_AFTER_S = 60.0
"""Without a switch for this long, somebody blocks on something real, which no switch point can end."""


class Deadlock(AssertionError):
    """Nobody gets any further."""


class Abandoned(BaseException):
    """Ends a callable whose run has failed as a whole."""


class Task(Generic[R]):
    """One callable with its thread. It runs while it holds its baton."""

    def __init__(self, name: str, work: Callable[[], R]) -> None:
        self.name = name
        self.work = work
        self.baton = Lock()
        self.baton.acquire()
        self.thread_id = 0
        self.wakes_at: int | None = None
        self.outcomes: list[R] = []
        self.error: BaseException | None = None
        self.done = False

    def run(self) -> None:
        self.thread_id = get_ident()
        self.baton.acquire()
        try:
            self.outcomes.append(self.work())
        except BaseException as error:  # noqa: BLE001  raised again by `run`, in the caller's thread
            self.error = error
        self.done = True


class Interleaving(Generic[R]):
    """`switch` is what hooks call, `sleep` what a clock's `sleeper` is; outside of `run` they let nobody in."""

    def __init__(
        self, seed: int, clock: MemoryClock, *, tick_ms: int = 0, stuck_after_s: float = STUCK_AFTER_S
    ) -> None:
        self._stuck_after_s = stuck_after_s
        self._random = Random(seed)
        self._clock = clock
        self._tick_ms = tick_ms
        self._tasks: list[Task[R]] = []
        self._running: Task[R] | None = None
        self._over = Lock()
        self._failure: BaseException | None = None
        self._idle_waits = 0
        self.switches = 0

    def switch(self, *_: object) -> None:
        """Perhaps somebody else goes on from here."""
        if self._is_inside():
            self._idle_waits = 0
            if self._tick_ms:
                self._clock.advance(self._random.randint(0, self._tick_ms))
            self._hand_over()

    def sleep(self, milliseconds: int) -> None:
        """Others go on until the time has come."""
        if not self._is_inside():
            self._clock.advance(milliseconds)
            return
        task = self._current()
        task.wakes_at = self._clock.monotonic_ms() + milliseconds
        self._hand_over()

    def run(self, tasks: Mapping[str, Callable[[], R]]) -> dict[str, R]:
        """What each returned, by name; raises what they raised, once all have ended."""
        self._tasks = [Task(name, work) for name, work in tasks.items()]
        threads = [Thread(target=self._run_task, args=(task,), name=task.name, daemon=True) for task in self._tasks]
        self._over.acquire()
        for thread in threads:
            thread.start()
        self._pass_baton(self._drawn())
        self._wait_for_the_end()
        for thread in threads:
            thread.join()
        self._raise_errors()
        return {task.name: task.outcomes[0] for task in self._tasks}

    def _run_task(self, task: Task[R]) -> None:
        task.run()
        if any(not other.done for other in self._tasks):
            self._pass_baton(self._drawn())
        else:
            self._running = None
            self._over.release()

    def _is_inside(self) -> bool:
        return self._running is not None and get_ident() == self._running.thread_id

    def _current(self) -> Task[R]:
        assert self._running is not None
        return self._running

    def _hand_over(self) -> None:
        task = self._current()
        self._fail_if_over()
        self.switches += 1
        if self.switches > MAX_SWITCHES:
            self._failure = Deadlock(f"No end after {MAX_SWITCHES} switches.")
        chosen = self._drawn()
        if chosen is not task:
            self._pass_baton(chosen)
            task.baton.acquire()
        task.wakes_at = None
        self._fail_if_over()

    def _pass_baton(self, task: Task[R]) -> None:
        self._running = task
        task.baton.release()

    def _drawn(self) -> Task[R]:
        """Somebody who can run; where all wait, time goes on until somebody can."""
        alive = [task for task in self._tasks if not task.done]
        now = self._clock.monotonic_ms()
        ready = [task for task in alive if task.wakes_at is None or task.wakes_at <= now]
        if not ready:
            wakes_at = min(task.wakes_at or 0 for task in alive)
            self._clock.advance(wakes_at - now)
            ready = [task for task in alive if task.wakes_at == wakes_at]
            self._count_idle_wait(alive)
        return ready[self._random.randrange(len(ready))] if len(ready) > 1 else ready[0]

    def _count_idle_wait(self, alive: Sequence[Task[R]]) -> None:
        self._idle_waits += 1
        if self._idle_waits > MAX_IDLE_WAITS:
            names = ", ".join(task.name for task in alive)
            self._failure = self._failure or Deadlock(f"All wait, and for nothing that comes: {names}.")

    def _fail_if_over(self) -> None:
        if self._failure is not None:
            raise Abandoned

    def _wait_for_the_end(self) -> None:
        seen = -1
        while not self._over.acquire(timeout=self._stuck_after_s):
            if self.switches == seen:
                raise Deadlock(f"{self._current().name} blocks on something that no switch point can end.")
            seen = self.switches

    def _raise_errors(self) -> None:
        if self._failure is not None:
            raise self._failure
        errors = [task.error for task in self._tasks if task.error is not None]
        if len(errors) > 1:
            raise BaseExceptionGroup("several callables failed", errors)
        if errors:
            raise errors[0]


def run_interleaved(
    seed: int,
    tasks: Mapping[str, Callable[[], R]],
    *,
    clock: MemoryClock,
    stores: Sequence[MemoryContentStore] = (),
    gitlabs: Sequence[MemoryGitLab] = (),
    tick_ms: int = 0,
) -> dict[str, R]:
    """Run the callables, switching at the requests, transactions and waits of these adapters.

    `tick_ms`: at each switch the time goes on by up to so much, so that things happen at different times.
    """
    interleaving: Interleaving[R] = Interleaving(seed, clock, tick_ms=tick_ms)
    with hooked(interleaving, clock=clock, stores=stores, gitlabs=gitlabs):
        return interleaving.run(tasks)


@contextmanager
def hooked(
    interleaving: Interleaving[R],
    *,
    clock: MemoryClock,
    stores: Sequence[MemoryContentStore],
    gitlabs: Sequence[MemoryGitLab],
) -> Iterator[None]:
    """Make these adapters switch; the hooks they have already are called first."""
    before = clock.sleeper, [store.on_step for store in stores], [gitlab.requests.on_step for gitlab in gitlabs]
    clock.sleeper = interleaving.sleep
    for store in stores:
        store.on_step = _after(store.on_step, interleaving)
    for gitlab in gitlabs:
        gitlab.requests.on_step = _after(gitlab.requests.on_step, interleaving)
    try:
        yield
    finally:
        clock.sleeper = before[0]
        for store, store_hook in zip(stores, before[1], strict=True):
            store.on_step = store_hook
        for gitlab, gitlab_hook in zip(gitlabs, before[2], strict=True):
            gitlab.requests.on_step = gitlab_hook


def _after(hook: Callable[..., object] | None, interleaving: Interleaving[R]) -> Callable[..., None]:
    def both(*arguments: object) -> None:
        if hook is not None:
            hook(*arguments)
        interleaving.switch()

    return both
