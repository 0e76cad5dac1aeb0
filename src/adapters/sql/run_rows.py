"""A run of the ledger as the values of its row, and back."""

import json
from dataclasses import asdict
from typing import Any

from adapters.sql.prepared import Row
from domain.refs import EntityKind
from domain.runs import Counters, Failure, RequestStatistics, Run, RunMode, RunPhase, RunStatus

_SAME_NAME = (
    "run_id",
    "mode",
    "phase",
    "status",
    "project",
    "started_at",
    "heartbeat_at",
    "finished_at",
    "host",
    "pid",
)


def values_of(run: Run) -> dict[str, object]:
    return {name: getattr(run, name) for name in _SAME_NAME} | {
        "targets_json": json.dumps(run.targets, ensure_ascii=False),
        "counters_json": json.dumps(asdict(run.counters)),
        "stage_ms_json": json.dumps(run.stage_ms),
        "requests_json": json.dumps(asdict(run.requests)),
        "failures_json": json.dumps([asdict(failure) for failure in run.failures], ensure_ascii=False),
        "surgical_summary_json": run.surgical_summary,
    }


def run_from(row: Row) -> Run:
    return Run(
        run_id=row.run_id,
        mode=RunMode(row.mode),
        phase=RunPhase(row.phase),
        status=RunStatus(row.status),
        project=row.project,
        started_at=row.started_at,
        heartbeat_at=row.heartbeat_at,
        finished_at=row.finished_at,
        host=row.host,
        pid=row.pid,
        targets=tuple(json.loads(row.targets_json)),
        counters=Counters(**_known(Counters, row.counters_json)),
        stage_ms=tuple((stage, spent) for stage, spent in json.loads(row.stage_ms_json)),
        requests=RequestStatistics(**_known(RequestStatistics, row.requests_json)),
        failures=tuple(_failure(failure) for failure in json.loads(row.failures_json)),
        surgical_summary=row.surgical_summary_json,
    )


def _known(record: type[Counters | RequestStatistics], stored: str) -> dict[str, int]:
    """What this program knows of a row that another version may have written."""
    return {name: value for name, value in json.loads(stored).items() if name in record.__slots__}


def _failure(stored: dict[str, Any]) -> Failure:
    kind = stored.pop("kind", None)
    return Failure(kind=None if kind is None else EntityKind(kind), **stored)
