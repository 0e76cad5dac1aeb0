"""Requests to the little GitLab: their log, their failures, and what happens around them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from application.ports.clock import Clock
from domain.refs import DependentKind, EntityKind

R = TypeVar("R")


class RequestStep(StrEnum):
    """Where a request stands when the hook is called."""

    BEGIN = "begin"
    """It is on its way; the server has not looked yet."""
    ANSWERED = "answered"
    """The answer is made and on its way back: what changes now is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, named by the reader's method; `project` is as the caller named it."""

    method: str
    project: int | str | None = None
    kind: EntityKind | None = None
    iid: int | None = None
    dependent: DependentKind | None = None
    page: int = 1


@dataclass(slots=True, kw_only=True)
class _Fault:
    matches: Callable[[Request], bool]
    error: BaseException
    after: int
    times: int | None

    def strikes(self, request: Request) -> bool:
        if self.times == 0 or not self.matches(request):
            return False
        if self.after:
            self.after -= 1
            return False
        self.times = None if self.times is None else self.times - 1
        return True


class Requests:
    """Every request passes here: `log`, then `on_step`, then a fault or the answer, then `on_step` again.

    `latency_ms` of the local clock pass on the way there and back together.
    """

    def __init__(self, clock: Clock, *, latency_ms: int = 0) -> None:
        self._clock = clock
        self._faults: list[_Fault] = []
        self.latency_ms = latency_ms
        self.log: list[Request] = []
        self.on_step: Callable[[RequestStep, Request], object] | None = None

    def fail(
        self,
        error: BaseException,
        *,
        method: str | None = None,
        project: int | str | None = None,
        kind: EntityKind | None = None,
        iid: int | None = None,
        dependent: DependentKind | None = None,
        page: int | None = None,
        after: int = 0,
        times: int | None = 1,
    ) -> None:
        """Answer matching requests with `error`: `after` so many good ones, and `times` times (None: always)."""
        wanted = {
            "method": method,
            "project": project,
            "kind": kind,
            "iid": iid,
            "dependent": dependent,
            "page": page,
        }

        def matches(request: Request) -> bool:
            return all(value is None or getattr(request, name) == value for name, value in wanted.items())

        self._faults.append(_Fault(matches=matches, error=error, after=after, times=times))

    def heal(self) -> None:
        """No request fails any more."""
        self._faults.clear()

    def answer(self, request: Request, compute: Callable[[], R]) -> R:
        self.log.append(request)
        self._travel(self.latency_ms // 2)
        self._reach(RequestStep.BEGIN, request)
        for fault in self._faults:
            if fault.strikes(request):
                raise fault.error
        answer = compute()
        self._reach(RequestStep.ANSWERED, request)
        self._travel(self.latency_ms - self.latency_ms // 2)
        return answer

    def _travel(self, milliseconds: int) -> None:
        if milliseconds:
            self._clock.sleep(milliseconds)

    def _reach(self, step: RequestStep, request: Request) -> None:
        if self.on_step is not None:
            self.on_step(step, request)
