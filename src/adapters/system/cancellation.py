"""Ctrl-C and its like, heard at a transaction boundary or within half a second."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

from domain.errors import Cancelled

GRACE_S = 0.5
"""How long a run has to reach its next check before it is interrupted where it stands (sync.md rule 14: one second)."""

_ALARM: signal.Signals | None = getattr(signal, "SIGALRM", None)


class SignalCancellation:
    """Port `Cancellation`.

    While `listening`, the first SIGINT or SIGTERM makes `check` raise. A main thread that is blocked meanwhile, in a
    request, a lock or a queue, does not check: after `grace_s` it gets the `Cancelled` right there, where the system
    has alarm signals. The second signal is a KeyboardInterrupt at once.
    """

    def __init__(self, *, grace_s: float = GRACE_S, alarm: signal.Signals | None = _ALARM) -> None:
        self._grace_s = grace_s
        self._alarm = alarm
        self._asked = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """To be entered in the main thread, which alone can be signalled."""
        handlers = {signal.SIGINT: self._on_signal, signal.SIGTERM: self._on_signal}
        if self._alarm is not None:
            handlers[self._alarm] = self._on_alarm
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            self._set_alarm(0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def check(self) -> None:
        if not self._asked:
            return
        if current_thread() is main_thread():
            self._set_alarm(0)
        raise _cancelled()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        self._set_alarm(self._grace_s)

    def _on_alarm(self, _number: int, _frame: FrameType | None) -> None:
        raise _cancelled()

    def _set_alarm(self, seconds: float) -> None:
        if self._alarm is not None:
            signal.setitimer(signal.ITIMER_REAL, seconds)


def _cancelled() -> Cancelled:
    return Cancelled("Stopped as asked; what was complete is kept.")
