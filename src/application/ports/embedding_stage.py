"""The embed phase of a sync."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.refs import SourceKey


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingOutcome:
    chunks_embedded: int
    """Chunks that had no vector and have one now."""
    chunks_read_whole: int = 0
    """Chunks whose vector was that of their beginning, and now is that of all their words."""
    pending: int
    """Chunks that still have no vector."""
    in_part: int = 0
    """Chunks that have a vector, but that of their beginning only so far."""
    note: str = ""
    """Why nothing or not all was embedded, in words; empty when all was."""


class EmbeddingStage(Protocol):
    """Embeds documents under `AppLock("embed")`, single flight (C11)."""

    def embed(
        self, keys: Sequence[SourceKey] | None, *, wait_ms: int, whole_at_most: int | None = None
    ) -> EmbeddingOutcome:
        """Embed the documents of these keys (C3), or with None everything pending until nothing is.

        Where that is much, all of it gets a vector of its beginning first, so that it can be found soon; then those
        vectors are replaced by whole ones, the newest documents' first, `whole_at_most` of them or with None all.
        Waits at most `wait_ms` for the lock, then leaves the documents pending and says so.
        """
        ...
