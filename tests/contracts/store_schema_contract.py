"""What every `StoreSchema` and every `StoreHealth` promises."""

from abc import ABC, abstractmethod

import pytest

from application.ports.store_health import StoreHealth
from application.ports.store_schema import StoreSchema


class StoreSchemaContract(ABC):
    @pytest.fixture
    @abstractmethod
    def schema(self) -> StoreSchema:
        """Of a store that is not there yet."""

    def test_a_store_that_is_not_there_has_no_schema(self, schema: StoreSchema) -> None:
        assert schema.state().current is None

    def test_looking_makes_nothing(self, schema: StoreSchema) -> None:
        schema.state()
        assert schema.state().current is None

    def test_an_upgrade_brings_the_newest(self, schema: StoreSchema) -> None:
        schema.upgrade()
        state = schema.state()
        assert state.current == state.newest

    def test_upgrading_again_changes_nothing(self, schema: StoreSchema) -> None:
        schema.upgrade()
        state = schema.state()
        schema.upgrade()
        assert schema.state() == state


class StoreHealthContract(ABC):
    @pytest.fixture
    @abstractmethod
    def health(self) -> StoreHealth:
        """Of an empty, sound store."""

    def test_a_sound_store_has_no_damage(self, health: StoreHealth) -> None:
        assert health.damage() == ()

    def test_an_empty_index_has_no_gaps(self, health: StoreHealth) -> None:
        assert health.index_gaps() == 0

    def test_nobody_holds_a_lock(self, health: StoreHealth) -> None:
        assert health.locks() == ()
