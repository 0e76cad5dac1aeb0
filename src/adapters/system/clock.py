"""The computer's clocks."""

import time

_NANOSECONDS = 1_000_000


class SystemClock:
    """Port `Clock`."""

    def now_ms(self) -> int:
        return time.time_ns() // _NANOSECONDS

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // _NANOSECONDS

    def sleep(self, milliseconds: int) -> None:
        time.sleep(max(milliseconds, 0) / 1000)
