"""The check of `lore doctor` that the embedder embeds."""

from dataclasses import dataclass

from application.ports.embedder import Embedder
from application.ports.health import CheckOutcome, CheckState

_WORDS = "why is the pipeline red"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderAnswers:
    """A query becomes a vector."""

    embedder: Embedder | None
    """None: the user wants none."""
    quick: bool = False

    @property
    def name(self) -> str:
        return "embedder"

    def run(self) -> CheckOutcome:
        if self.embedder is None:
            return CheckOutcome(state=CheckState.SKIPPED, message="None is configured: search goes by words alone.")
        self.embedder.embed_query(_WORDS)
        space = self.embedder.space
        return CheckOutcome(state=CheckState.OK, message=f"{space.name} embeds, in {space.dimensions} dimensions.")
