"""What every `Clock` promises."""

from abc import ABC, abstractmethod

import pytest

from application.ports.clock import Clock

YEAR_2020 = 1_577_836_800_000
YEAR_2100 = 4_102_444_800_000


class ClockContract(ABC):
    @pytest.fixture
    @abstractmethod
    def clock(self) -> Clock: ...

    def test_the_time_is_in_milliseconds_since_1970(self, clock: Clock) -> None:
        assert YEAR_2020 < clock.now_ms() < YEAR_2100

    def test_durations_never_go_back(self, clock: Clock) -> None:
        times = [clock.monotonic_ms() for _ in range(100)]
        assert times == sorted(times)

    def test_a_sleep_lasts_as_long_as_it_was_asked_to(self, clock: Clock) -> None:
        began = clock.monotonic_ms()
        clock.sleep(3)
        # One less: both readings are cut off to whole milliseconds.
        assert clock.monotonic_ms() - began >= 2

    @pytest.mark.parametrize("milliseconds", [0, -5])
    def test_no_time_to_sleep_is_no_error(self, clock: Clock, milliseconds: int) -> None:
        clock.sleep(milliseconds)
