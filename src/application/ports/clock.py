"""What time it is."""

from typing import Protocol


class Clock(Protocol):
    def now_ms(self) -> int:
        """Milliseconds UTC since 1970."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds on a clock that never goes back, for durations."""
        ...

    def sleep(self, milliseconds: int) -> None: ...
