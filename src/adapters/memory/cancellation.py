"""A user who stops a run at a chosen moment."""

from domain.errors import Cancelled


class MemoryCancellation:
    """Port `Cancellation`. `cancel_at` counts checks from the first, which is 1; None: never."""

    def __init__(self, *, cancel_at: int | None = None) -> None:
        self.cancel_at = cancel_at
        self.checks = 0
        self._asked = False

    def cancel(self) -> None:
        self._asked = True

    def check(self) -> None:
        self.checks += 1
        if self.cancel_at is not None and self.checks >= self.cancel_at:
            self._asked = True
        if self._asked:
            raise Cancelled("Stopped as asked; what was complete is kept.")
