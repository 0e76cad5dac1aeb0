"""The ledger of runs, as a dictionary."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from application.ports.clock import Clock
from application.ports.liveness import Liveness
from application.ports.run_ledger import RunFilter
from domain.runs import Run, RunStatus

SILENT_AFTER_MS = 60_000
"""A run on another host is taken for interrupted after this long without a heartbeat (sync.md section 4)."""


class MemoryRunLedger:
    """Port `RunLedger`. `on_save` is called before a row is written; what it raises keeps the row from being written.

    `saved` holds every row as it was each time, for tests that follow the phases.
    """

    def __init__(self, clock: Clock, liveness: Liveness, *, host: str = "") -> None:
        self._clock = clock
        self._liveness = liveness
        self._host = host
        self._rows: dict[str, Run] = {}
        self.saved: list[Run] = []
        self.on_save: Callable[[Run], object] | None = None

    def living(self, run_id: str) -> AbstractContextManager[None]:
        return self._liveness.living(run_id)

    def save(self, run: Run) -> None:
        if self.on_save is not None:
            self.on_save(run)
        self._rows[run.run_id] = run
        self.saved.append(run)

    def runs(self, chosen: RunFilter) -> tuple[Run, ...]:
        rows = [self._as_shown(run) for run in reversed(self._rows.values())]
        found = sorted((run for run in rows if _fits(run, chosen)), key=lambda run: run.started_at, reverse=True)
        return tuple(found[: chosen.limit])

    def _as_shown(self, run: Run) -> Run:
        if run.status is RunStatus.RUNNING and self._is_gone(run):
            return replace(run, status=RunStatus.INTERRUPTED)
        return run

    def _is_gone(self, run: Run) -> bool:
        if run.host == self._host:
            return not self._liveness.is_alive(run.run_id)
        return self._clock.now_ms() - run.heartbeat_at > SILENT_AFTER_MS


def _fits(run: Run, chosen: RunFilter) -> bool:
    return (
        chosen.run_id in {None, run.run_id} and chosen.state in {None, run.status} and chosen.mode in {None, run.mode}
    )
