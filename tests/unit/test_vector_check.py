"""What doctor says of vectors."""

import pytest

from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.store_health import MemoryStoreHealth
from adapters.memory.store_schema import MemoryStoreSchema
from application.operations.store_checks import PassagesHaveVectors
from application.ports.health import CheckOutcome, CheckState
from application.ports.store_health import ModelCoverage
from contracts.builders import covered
from domain.embedding import EmbeddingSpace
from domain.errors import EmbedderUnavailable

EMBEDDER, OTHER = MemoryEmbedder(model="mini"), MemoryEmbedder(model="other")
MINI = EMBEDDER.space


class SilentEmbedder(MemoryEmbedder):
    @property
    def space(self) -> EmbeddingSpace:
        raise EmbedderUnavailable("It is gone.")


def examined(*coverage: ModelCoverage, embedder: MemoryEmbedder = EMBEDDER) -> CheckOutcome:
    health, schema = MemoryStoreHealth(), MemoryStoreSchema()
    schema.upgrade()
    health.covered = coverage
    return PassagesHaveVectors(schema=schema, health=health, embedder=embedder).run()


@pytest.mark.requirement("search:coverage")
@pytest.mark.parametrize(
    ("coverage", "state", "said"),
    [
        ((), CheckState.WARNING, "words alone"),
        ((covered(MINI, embedded=3, pending=1),), CheckState.WARNING, "mini@1: 3 of 4 passages, 0 of 0 titles."),
        ((covered(MINI, embedded=4),), CheckState.OK, "mini@1: 4 of 4 passages, 0 of 0 titles."),
        ((covered(MINI, titles=(1, 2)),), CheckState.WARNING, "mini@1: 0 of 0 passages, 1 of 3 titles."),
        ((covered(MINI, embedded=4, titles=(1, 2)),), CheckState.WARNING, "1 of 3 titles."),
        ((covered(OTHER.space, embedded=4),), CheckState.WARNING, "of the configured model"),
        (
            (covered(OTHER.space, embedded=4, pending=3), covered(MINI, embedded=3, pending=4)),
            CheckState.WARNING,
            "other@1: 4 of 7 passages, 0 of 0 titles; mini@1: 3 of 7 passages, 0 of 0 titles.",
        ),
    ],
)
def test_it_tells_how_much_each_model_covers(coverage: tuple[ModelCoverage, ...], state: CheckState, said: str) -> None:
    outcome = examined(*coverage)
    assert outcome.state is state
    assert said in outcome.message
    assert outcome.actions == (("lore embed",) if state is CheckState.WARNING else ())


@pytest.mark.requirement("search:coverage", "search:quick-reading")
def test_it_tells_how_many_were_read_in_part_and_what_reads_the_rest() -> None:
    outcome = examined(covered(MINI, embedded=4, in_part=3))
    assert outcome.state is CheckState.OK
    assert outcome.message == "mini@1: 4 of 4 passages, 3 of them read in part, 0 of 0 titles."
    assert outcome.actions == ("lore embed",)


def test_where_the_embedder_does_not_answer_the_most_used_model_counts() -> None:
    outcome = examined(covered(MINI, embedded=4), embedder=SilentEmbedder())
    assert (outcome.state, outcome.message) == (CheckState.OK, "mini@1: 4 of 4 passages, 0 of 0 titles.")


def test_a_store_of_an_older_schema_is_not_counted() -> None:
    schema = MemoryStoreSchema("0001")
    outcome = PassagesHaveVectors(schema=schema, health=MemoryStoreHealth(), embedder=EMBEDDER).run()
    assert (outcome.state, outcome.message) == (CheckState.SKIPPED, "The store has an older schema.")


def test_without_a_store_there_is_nothing_to_tell() -> None:
    outcome = PassagesHaveVectors(schema=MemoryStoreSchema(), health=MemoryStoreHealth(), embedder=EMBEDDER).run()
    assert outcome.state is CheckState.SKIPPED
