"""What every `Identifiers` promises."""

import re
from abc import ABC, abstractmethod

import pytest

from application.ports.identifiers import Identifiers


class IdentifiersContract(ABC):
    @pytest.fixture
    @abstractmethod
    def identifiers(self) -> Identifiers: ...

    def test_a_name_is_never_given_twice(self, identifiers: Identifiers) -> None:
        assert len({identifiers.new() for _ in range(1000)}) == 1000

    def test_a_name_is_of_lower_case_letters_digits_and_dashes(self, identifiers: Identifiers) -> None:
        assert all(re.fullmatch(r"[a-z0-9-]+", identifiers.new()) for _ in range(100))
