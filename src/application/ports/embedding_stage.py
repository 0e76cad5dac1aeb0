"""The embed phase of a sync."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.refs import SourceKey


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingOutcome:
    chunks_embedded: int
    pending: int
    """Chunks that still have no vector."""
    note: str = ""
    """Why nothing or not all was embedded, in words; empty when all was."""


class EmbeddingStage(Protocol):
    """Embeds documents under `AppLock("embed")`, single flight (C11)."""

    def embed(self, keys: Sequence[SourceKey] | None, *, wait_ms: int) -> EmbeddingOutcome:
        """Embed the documents of these keys (C3), or with None everything pending until nothing is.

        Waits at most `wait_ms` for the lock, then leaves the documents pending and says so.
        """
        ...
