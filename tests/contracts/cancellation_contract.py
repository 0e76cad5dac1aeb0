"""What every `Cancellation` promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import pytest

from application.ports.cancellation import Cancellation
from domain.errors import Cancelled


class CancellationContract(ABC):
    @pytest.fixture
    @abstractmethod
    def cancellation(self) -> Cancellation: ...

    @pytest.fixture
    @abstractmethod
    def ask(self, cancellation: Cancellation) -> Callable[[], object]:
        """Ask as the user would."""

    def test_nothing_happens_before_the_user_asks(self, cancellation: Cancellation) -> None:
        cancellation.check()
        cancellation.check()

    @pytest.mark.requirement("surgical:C12", "sync:rule-14")
    def test_the_next_check_after_the_wish_raises(self, cancellation: Cancellation, ask: Callable[[], object]) -> None:
        ask()
        with pytest.raises(Cancelled):
            cancellation.check()

    def test_so_does_every_later_one(self, cancellation: Cancellation, ask: Callable[[], object]) -> None:
        ask()
        for _ in range(3):
            with pytest.raises(Cancelled):
                cancellation.check()
