"""The ledger of runs in `sync_runs` (sync.md section 4)."""

from contextlib import AbstractContextManager
from dataclasses import replace

from sqlalchemy import Engine, bindparam, or_, select, text
from sqlalchemy.dialects.sqlite import insert

from adapters.sql.connections import for_writing
from adapters.sql.prepared import Prepared
from adapters.sql.run_rows import run_from, values_of
from adapters.sql.schema import sync_runs
from application.ports.clock import Clock
from application.ports.liveness import Liveness
from application.ports.process_identity import ProcessIdentity
from application.ports.run_ledger import RunFilter
from domain.runs import Run, RunStatus

SILENT_AFTER_MS = 60_000
"""A run on another host is taken for interrupted after this long without a heartbeat."""

_UPSERT = insert(sync_runs)
_COLUMNS = tuple(column.name for column in sync_runs.columns)
_SAVE = Prepared(
    _UPSERT.on_conflict_do_update(
        index_elements=["run_id"], set_={name: _UPSERT.excluded[name] for name in _COLUMNS if name != "run_id"}
    ),
    columns=_COLUMNS,
)
_CHOSEN = Prepared(
    select(sync_runs)
    .where(
        *(or_(bindparam(name).is_(None), sync_runs.c[name] == bindparam(name)) for name in ("run_id", "status", "mode"))
    )
    .order_by(sync_runs.c.started_at.desc(), text("sync_runs.rowid DESC"))
)


class SqlRunLedger:
    """Port `RunLedger`."""

    def __init__(self, engine: Engine, *, liveness: Liveness, clock: Clock, process: ProcessIdentity) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._liveness = liveness
        self._clock = clock
        self._process = process

    def living(self, run_id: str) -> AbstractContextManager[None]:
        return self._liveness.living(f"run {run_id}")

    def save(self, run: Run) -> None:
        with self._writer.begin() as connection:
            _SAVE.run(connection, **values_of(run))

    def runs(self, chosen: RunFilter) -> tuple[Run, ...]:
        found: list[Run] = []
        with self._engine.connect() as connection:
            for row in _CHOSEN.run(connection, **_stored_filter(chosen)):
                if chosen.limit is not None and len(found) >= chosen.limit:
                    break
                run = self._as_shown(run_from(row))
                if chosen.state in {None, run.status}:
                    found.append(run)
        return tuple(found)

    def _as_shown(self, run: Run) -> Run:
        if run.status is RunStatus.RUNNING and self._is_gone(run):
            return replace(run, status=RunStatus.INTERRUPTED)
        return run

    def _is_gone(self, run: Run) -> bool:
        if run.host == self._process.host:
            return not self._liveness.is_alive(f"run {run.run_id}")
        return self._clock.now_ms() - run.heartbeat_at > SILENT_AFTER_MS


def _stored_filter(chosen: RunFilter) -> dict[str, object]:
    """An interrupted run is stored as a running one."""
    status = RunStatus.RUNNING if chosen.state is RunStatus.INTERRUPTED else chosen.state
    return {"run_id": chosen.run_id, "status": status, "mode": chosen.mode}
