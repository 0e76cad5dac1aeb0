"""Whether the store is sound."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLock:
    name: str
    pid: int
    host: str
    acquired_at: int
    heartbeat_at: int
    alive: bool
    """Its owner lives, as far as can be told from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCoverage:
    """How many of the store's passages have a vector of one model."""

    model: str
    embedded: int
    chunks: int
    in_part: int = 0
    """How many of the embedded ones have a vector of their beginning only, so far."""


class StoreHealth(Protocol):
    """Looks only, at a store that is there: nothing is made or upgraded."""

    def damage(self) -> tuple[str, ...]:
        """What is wrong with the file or with rows that name rows which are not there; at most 20 lines."""
        ...

    def index_gaps(self) -> int:
        """Documents that the full-text index does not have, plus entries of it that no document has."""
        ...

    def coverage(self) -> tuple[ModelCoverage, ...]:
        """Of each model that any passage has a vector of, the most used first."""
        ...

    def locks(self) -> tuple[HeldLock, ...]:
        """Every lock row there is, by name."""
        ...
