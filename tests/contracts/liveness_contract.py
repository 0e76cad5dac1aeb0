"""What every `Liveness` promises within one process."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import pytest

from application.ports.liveness import Liveness
from domain.errors import StoreLocked


class LivenessContract(ABC):
    @pytest.fixture
    @abstractmethod
    def liveness(self) -> Liveness | Iterator[Liveness]: ...

    def test_one_lives_for_the_block_and_no_longer(self, liveness: Liveness) -> None:
        assert not liveness.is_alive("ada")
        with liveness.living("ada"):
            assert liveness.is_alive("ada")
            assert liveness.is_alive("ada")
        assert not liveness.is_alive("ada")

    def test_a_life_ends_with_its_block_however_that_ends(self, liveness: Liveness) -> None:
        with pytest.raises(ZeroDivisionError), liveness.living("ada"):
            raise ZeroDivisionError
        assert not liveness.is_alive("ada")

    def test_several_live_side_by_side(self, liveness: Liveness) -> None:
        with liveness.living("ada"), liveness.living("bob"):
            assert liveness.is_alive("ada")
            assert liveness.is_alive("bob")
            assert not liveness.is_alive("eve")

    def test_a_name_belongs_to_one_holder_at_a_time(self, liveness: Liveness) -> None:
        with liveness.living("ada"):
            with pytest.raises(StoreLocked), liveness.living("ada"):
                pass
            assert liveness.is_alive("ada")

    def test_a_name_can_be_lived_under_again(self, liveness: Liveness) -> None:
        for _ in range(2):
            with liveness.living("ada"):
                assert liveness.is_alive("ada")

    @pytest.mark.parametrize("name", ["../../ada", "a/b", "Ünï", "", "x" * 500, "CON", "run 1"])
    def test_every_name_will_do(self, liveness: Liveness, name: str) -> None:
        with liveness.living(name):
            assert liveness.is_alive(name)
        assert not liveness.is_alive(name)
