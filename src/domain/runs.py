"""The run ledger's records: what a sync did, in `sync_runs` (sync.md section 4)."""

from dataclasses import dataclass, field
from enum import StrEnum

from domain.refs import EntityKind


class RunMode(StrEnum):
    STANDARD = "standard"
    SURGICAL = "surgical"


class RunPhase(StrEnum):
    """The stage under way; a crash leaves the last one in the ledger (C10)."""

    PREFLIGHT = "preflight"
    RESOLVE = "resolve"
    INGEST = "ingest"
    RECONCILE = "reconcile"
    DEPENDENTS = "dependents"
    DOCS = "docs"
    EMBED = "embed"
    DONE = "done"
    FAILED = "failed"


class RunStatus(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """Never stored: a `running` row whose process is gone is shown so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What every run ends with (sync.md rule 13)."""

    fetched: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped_stale: int = 0
    quarantined: int = 0
    failed: int = 0
    unsettled: int = 0
    dependents_fetched: int = 0
    documents_written: int = 0
    documents_removed: int = 0
    chunks_embedded: int = 0

    def __add__(self, other: "Counters") -> "Counters":
        return Counters(**{name: getattr(self, name) + getattr(other, name) for name in Counters.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that did not work, and where."""

    stage: str
    code: str
    message: str
    project_path: str | None = None
    kind: EntityKind | None = None
    iid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStatistics:
    requests: int = 0
    retries: int = 0
    rate_limited: int = 0
    waited_ms: int = 0

    def __add__(self, other: "RequestStatistics") -> "RequestStatistics":
        return RequestStatistics(
            **{name: getattr(self, name) + getattr(other, name) for name in RequestStatistics.__slots__}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One row of the ledger."""

    run_id: str
    mode: RunMode
    phase: RunPhase
    status: RunStatus
    started_at: int
    heartbeat_at: int
    finished_at: int | None = None
    project: str | None = None
    targets: tuple[str, ...] = ()
    """What was asked for: short references such as `#12` and `!7`, or project paths."""
    counters: Counters = field(default_factory=Counters)
    stage_ms: tuple[tuple[str, int], ...] = ()
    """(stage, milliseconds) in the order they ran."""
    requests: RequestStatistics = field(default_factory=RequestStatistics)
    failures: tuple[Failure, ...] = ()
    surgical_summary: str | None = None
    """The surgical run's per-entity results, as JSON (`surgical_summary_json`)."""
    host: str = ""
    pid: int = 0
