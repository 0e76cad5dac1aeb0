"""Read the run ledger (sync.md section 4)."""

import json
import shlex
from dataclasses import dataclass
from typing import Any

from application.ports.run_ledger import RunFilter, RunLedger
from domain.errors import Ambiguous, NotFound
from domain.nearest import MAX_CANDIDATES
from domain.runs import Counters, Failure, RequestStatistics, Run, RunMode, RunPhase, RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    stage: str
    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One row of the ledger, as it is shown."""

    run_id: str
    mode: RunMode
    phase: RunPhase
    status: RunStatus
    project_path: str | None
    """Of a surgical run."""
    targets: tuple[str, ...]
    started_at: int
    heartbeat_at: int
    finished_at: int | None
    duration_ms: int | None
    counters: Counters
    stages: tuple[StageTime, ...]
    requests: RequestStatistics
    failures: tuple[Failure, ...]
    entity_results: tuple[dict[str, Any], ...]
    """Of a surgical run: what became of each target, in the order of the command."""
    suggested_retry_command: str | None
    """Does, as it stands, what is still to be done; None: nothing is."""
    host: str
    pid: int


def report_of(run: Run) -> RunReport:
    summary = json.loads(run.surgical_summary) if run.surgical_summary else {}
    return RunReport(
        run_id=run.run_id,
        mode=run.mode,
        phase=run.phase,
        status=run.status,
        project_path=run.project,
        targets=run.targets,
        started_at=run.started_at,
        heartbeat_at=run.heartbeat_at,
        finished_at=run.finished_at,
        duration_ms=None if run.finished_at is None else run.finished_at - run.started_at,
        counters=run.counters,
        stages=tuple(StageTime(stage=stage, milliseconds=spent) for stage, spent in run.stage_ms),
        requests=run.requests,
        failures=run.failures,
        entity_results=tuple(summary.get("entity_results", ())),
        suggested_retry_command=_retry_command(run, summary),
        host=run.host,
        pid=run.pid,
    )


def _retry_command(run: Run, summary: dict[str, Any]) -> str | None:
    if run.status is RunStatus.RUNNING:
        return None
    if run.mode is RunMode.SURGICAL:
        command: str | None = summary.get("suggested_retry_command", _all_targets(run))
        return command
    return "lore sync" if run.status is not RunStatus.SUCCEEDED or run.failures else None


def _all_targets(run: Run) -> str | None:
    """Of a row without a summary, which an older version may have left."""
    if not run.targets or run.project is None:
        return None
    options = [word for short in run.targets for word in ("--mr" if short[0] == "!" else "--issue", short[1:])]
    return shlex.join(["lore", "sync", *options, "-p", run.project])


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRuns:
    """`run_id` names one run, and then the others do not count."""

    run_id: str | None = None
    state: RunStatus | None = None
    mode: RunMode | None = None
    limit: int | None = 20


class ListSyncRuns:
    """Newest first. A run may be named by the beginning of its id, as lists show it.

    Raises `NotFound` for a run that was named and is not there, `Ambiguous` for a beginning of several.
    """

    def __init__(self, *, ledger: RunLedger) -> None:
        self._ledger = ledger

    def __call__(self, command: FindRuns) -> tuple[RunReport, ...]:
        if command.run_id is not None:
            return (report_of(self._named(command.run_id)),)
        chosen = RunFilter(state=command.state, mode=command.mode, limit=command.limit)
        return tuple(report_of(run) for run in self._ledger.runs(chosen))

    def _named(self, run_id: str) -> Run:
        found = self._ledger.runs(RunFilter(run_id=run_id)) or tuple(
            run for run in self._ledger.runs(RunFilter(limit=None)) if run.run_id.startswith(run_id) and run_id
        )
        if len(found) == 1:
            return found[0]
        details = {"run_id": run_id}
        if found:
            raise Ambiguous(
                f"{len(found)} runs begin with {run_id}.",
                suggestion="Give more of the id.",
                details={**details, "candidates": [run.run_id for run in found[:MAX_CANDIDATES]]},
            )
        raise NotFound(f"The ledger has no run {run_id}.", actions=["lore sync-runs"], details=details)
