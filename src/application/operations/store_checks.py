"""The checks of `lore doctor` that look at the store."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.embedder import Embedder
from application.ports.health import CheckOutcome, CheckState
from application.ports.store_health import ModelCoverage, StoreHealth
from application.ports.store_schema import StoreSchema
from domain.errors import EmbedderUnavailable, EmbeddingFailed, EmbeddingModelNotFound

_NO_STORE = "There is no store yet; the first `lore sync` makes it."
_SKIPPED = CheckOutcome(state=CheckState.SKIPPED, message="There is no store yet.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreIsThere:
    """The database is lore's, and this program can work with it."""

    schema: StoreSchema
    name: str = "store"
    quick: bool = True

    def run(self) -> CheckOutcome:
        state = self.schema.state()
        if state.current is None:
            return CheckOutcome(state=CheckState.WARNING, message=_NO_STORE, actions=("lore sync",))
        if state.current != state.newest:
            return CheckOutcome(
                state=CheckState.WARNING,
                message=f"{state.place} has schema {state.current}; the next command brings it to {state.newest}.",
                actions=("lore migrate",),
            )
        return CheckOutcome(state=CheckState.OK, message=f"{state.place}, schema {state.current}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreIsSound:
    """The file is whole, and no row names one that is not there."""

    schema: StoreSchema
    health: StoreHealth
    name: str = "integrity"
    quick: bool = False

    def run(self) -> CheckOutcome:
        if self.schema.state().current is None:
            return _SKIPPED
        problems = self.health.damage()
        if problems:
            return CheckOutcome(
                state=CheckState.FAILED,
                message=f"The database is damaged: {problems[0]}",
                remedy="Move it away and sync again: everything in it comes from GitLab.",
                actions=("lore stats --check",),
            )
        return CheckOutcome(state=CheckState.OK, message="The database is whole.")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexIsComplete:
    """The full-text index holds every document."""

    schema: StoreSchema
    health: StoreHealth
    name: str = "full text"
    quick: bool = False

    def run(self) -> CheckOutcome:
        if self.schema.state().current is None:
            return _SKIPPED
        gaps = self.health.index_gaps()
        if gaps:
            return CheckOutcome(
                state=CheckState.FAILED,
                message=f"The full-text index and the documents differ in {gaps} places.",
                remedy="Have the index made again.",
                actions=("lore stats --repair",),
            )
        return CheckOutcome(state=CheckState.OK, message="The full-text index holds every document.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PassagesHaveVectors:
    """How much of the store can be found by meaning."""

    schema: StoreSchema
    health: StoreHealth
    embedder: Embedder
    name: str = "vectors"
    quick: bool = False

    def run(self) -> CheckOutcome:
        state = self.schema.state()
        if state.current is None:
            return _SKIPPED
        if state.current != state.newest:
            return CheckOutcome(state=CheckState.SKIPPED, message="The store has an older schema.")
        covered = self.health.coverage()
        used = self._used(covered)
        said = "; ".join(_covered(one) for one in covered)
        if used is None or not used.embedded:
            return _to_embed(
                f"No passage has a vector{' of the configured model' if covered else ''}: search goes by words alone."
                + (f" {said}." if said else ""),
                "Embed them.",
            )
        if used.pending or used.titles_pending:
            return _to_embed(f"{said}.", "Embed the rest.")
        if used.in_part:
            return _to_embed(f"{said}.", "Read the rest of them.", state=CheckState.OK)
        return CheckOutcome(state=CheckState.OK, message=f"{said}.")

    def _used(self, covered: Sequence[ModelCoverage]) -> ModelCoverage | None:
        """Of the configured model; of the most used one where the embedder cannot tell, which its own check says."""
        try:
            space = self.embedder.space
        except (EmbedderUnavailable, EmbeddingModelNotFound, EmbeddingFailed):
            return next(iter(covered), None)
        return next((one for one in covered if one.space == space), None)


def _to_embed(message: str, remedy: str, *, state: CheckState = CheckState.WARNING) -> CheckOutcome:
    return CheckOutcome(state=state, message=message, remedy=remedy, actions=("lore embed",))


def _covered(one: ModelCoverage) -> str:
    in_part = f", {one.in_part:,} of them read in part" if one.in_part else ""
    passages = f"{one.embedded:,} of {one.embedded + one.pending:,} passages{in_part}"
    titles = f"{one.titles_embedded:,} of {one.titles_embedded + one.titles_pending:,} titles"
    return f"{one.space.name}: {passages}, {titles}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocksAreFree:
    """Who holds a lock, and whether they are still there."""

    schema: StoreSchema
    health: StoreHealth
    name: str = "locks"
    quick: bool = False

    def run(self) -> CheckOutcome:
        if self.schema.state().current is None:
            return _SKIPPED
        held = self.health.locks()
        living = [f"{lock.name} by process {lock.pid} on {lock.host}" for lock in held if lock.alive]
        gone = [lock.name for lock in held if not lock.alive]
        said = [f"In use: {', '.join(living)}."] if living else []
        if gone:
            said.append(f"Left behind by processes that ended: {', '.join(gone)}; the next sync takes them over.")
        return CheckOutcome(state=CheckState.OK, message=" ".join(said) or "No lock is held.")
