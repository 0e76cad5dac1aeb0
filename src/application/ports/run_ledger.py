"""The ledger of runs."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from domain.runs import Run, RunMode, RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    run_id: str | None = None
    state: RunStatus | None = None
    mode: RunMode | None = None
    limit: int | None = 20


class RunLedger(Protocol):
    """`sync_runs`. Rows may be written without any lock (C7); only `SyncRunRecorder` writes them (C10)."""

    def living(self, run_id: str) -> AbstractContextManager[None]:
        """Hold the run's own kernel lock for the block: a `running` row without it is shown as `interrupted`."""
        ...

    def save(self, run: Run) -> None:
        """Insert or replace the row, durable when this returns."""
        ...

    def runs(self, chosen: RunFilter) -> tuple[Run, ...]:
        """Newest first, `interrupted` recognised."""
        ...
