"""What doctor says of vectors."""

import pytest

from adapters.memory.store_health import MemoryStoreHealth
from adapters.memory.store_schema import MemoryStoreSchema
from application.operations.store_checks import PassagesHaveVectors
from application.ports.health import CheckState
from application.ports.store_health import ModelCoverage


@pytest.mark.requirement("search:coverage")
@pytest.mark.parametrize(
    ("covered", "state", "said"),
    [
        ((), CheckState.WARNING, "words alone"),
        ((ModelCoverage(model="mini", embedded=3, chunks=4),), CheckState.WARNING, "mini: 3 of 4 passages."),
        ((ModelCoverage(model="mini", embedded=4, chunks=4),), CheckState.OK, "mini: 4 of 4 passages."),
    ],
)
def test_it_tells_how_much_each_model_covers(covered: tuple[ModelCoverage, ...], state: CheckState, said: str) -> None:
    health, schema = MemoryStoreHealth(), MemoryStoreSchema()
    schema.upgrade()
    health.covered = covered
    outcome = PassagesHaveVectors(schema=schema, health=health).run()
    assert outcome.state is state
    assert said in outcome.message
    assert bool(outcome.actions) == (state is CheckState.WARNING)


@pytest.mark.requirement("search:coverage", "search:quick-reading")
def test_it_tells_how_many_were_read_in_part_and_what_reads_the_rest() -> None:
    health, schema = MemoryStoreHealth(), MemoryStoreSchema()
    schema.upgrade()
    health.covered = (ModelCoverage(model="mini", embedded=4, chunks=4, in_part=3),)
    outcome = PassagesHaveVectors(schema=schema, health=health).run()
    assert outcome.state is CheckState.OK
    assert outcome.message == "mini: 4 of 4 passages, 3 of them read in part."
    assert outcome.actions == ("lore embed",)


def test_without_a_store_there_is_nothing_to_tell() -> None:
    outcome = PassagesHaveVectors(schema=MemoryStoreSchema(), health=MemoryStoreHealth()).run()
    assert outcome.state is CheckState.SKIPPED
