"""Whether the store is sound."""

from dataclasses import dataclass
from typing import Protocol

from domain.embedding import EmbeddingSpace


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
    """How many of the store's passages, and of its items' titles, have a vector of one model."""

    space: EmbeddingSpace
    embedded: int
    in_part: int
    """How many of the embedded passages have a vector of their beginning only, so far."""
    pending: int
    """Passages without one."""
    titles_embedded: int
    titles_pending: int


class StoreHealth(Protocol):
    """Looks only, at a store that is there: nothing is made or upgraded."""

    def damage(self) -> tuple[str, ...]:
        """What is wrong with the file or with rows that name rows which are not there; at most 20 lines."""
        ...

    def index_gaps(self) -> int:
        """Documents that the full-text index does not have, plus entries of it that no document has."""
        ...

    def coverage(self) -> tuple[ModelCoverage, ...]:
        """Of each model that the store holds vectors of, the most used first."""
        ...

    def locks(self) -> tuple[HeldLock, ...]:
        """Every lock row there is, by name."""
        ...
