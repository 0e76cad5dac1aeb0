"""The life of one row of the run ledger; nothing else writes it (C10)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from application.ports.clock import Clock
from application.ports.identifiers import Identifiers
from application.ports.process_identity import ProcessIdentity
from application.ports.run_ledger import RunLedger
from domain.errors import Cancelled, LoreError
from domain.runs import Counters, Failure, RequestStatistics, Run, RunMode, RunPhase, RunStatus

HEARTBEAT_MS = 5_000


class RunRecord:
    """The run under way. Every method leaves the ledger row saying what is true now."""

    def __init__(
        self, run: Run, *, ledger: RunLedger, clock: Clock, statistics: Callable[[], RequestStatistics]
    ) -> None:
        self.run = run
        self._ledger = ledger
        self._clock = clock
        self._statistics = statistics
        self._stage_began = clock.monotonic_ms()
        self._saved = clock.monotonic_ms()
        ledger.save(run)

    def enter(self, phase: RunPhase) -> None:
        """A phase begins; the one before it is over and timed."""
        self._save(phase=phase, stage_ms=self._with_stage_time())
        self._stage_began = self._clock.monotonic_ms()

    def count(self, counters: Counters) -> None:
        """Add to the counters; written at the next phase or heartbeat."""
        self.run = replace(self.run, counters=self.run.counters + counters)
        if self._clock.monotonic_ms() - self._saved >= HEARTBEAT_MS:
            self._save()

    def fail(self, *failures: Failure) -> None:
        self.run = replace(self.run, failures=self.run.failures + failures)

    def name_targets(self, *, project: str | None, targets: Sequence[str]) -> None:
        self._save(project=project, targets=tuple(targets))

    def summarize(self, summary: str) -> None:
        """Keep the surgical run's per-entity results, as JSON."""
        self._save(surgical_summary=summary)

    def end(self, status: RunStatus) -> None:
        phase = self.run.phase if status is RunStatus.CANCELLED else _LAST_PHASE[status]
        self._save(status=status, phase=phase, stage_ms=self._with_stage_time(), finished_at=self._clock.now_ms())

    def _with_stage_time(self) -> tuple[tuple[str, int], ...]:
        spent = self._clock.monotonic_ms() - self._stage_began
        return (*self.run.stage_ms, (self.run.phase.value, spent))

    def _save(self, **changes: object) -> None:
        self.run = replace(
            self.run,
            heartbeat_at=self._clock.now_ms(),
            requests=self._statistics(),
            **changes,  # type: ignore[arg-type]  # `replace` checks the names at run time, and callers are all above
        )
        self._ledger.save(self.run)
        self._saved = self._clock.monotonic_ms()


_LAST_PHASE = {RunStatus.SUCCEEDED: RunPhase.DONE, RunStatus.FAILED: RunPhase.FAILED}


class SyncRunRecorder:
    """Opens a ledger row for a run and closes it however the run ends."""

    def __init__(self, *, ledger: RunLedger, clock: Clock, identifiers: Identifiers, process: ProcessIdentity) -> None:
        self._ledger = ledger
        self._clock = clock
        self._identifiers = identifiers
        self._process = process

    @contextmanager
    def recording(
        self, mode: RunMode, first_phase: RunPhase, statistics: Callable[[], RequestStatistics]
    ) -> Iterator[RunRecord]:
        """Succeeded when the block ends, cancelled or failed when it raises; the error goes on its way."""
        run = self._new_run(mode, first_phase)
        with self._ledger.living(run.run_id):
            record = RunRecord(run, ledger=self._ledger, clock=self._clock, statistics=statistics)
            try:
                yield record
            except (Cancelled, KeyboardInterrupt):
                record.end(RunStatus.CANCELLED)
                raise
            except BaseException as error:
                record.fail(_as_failure(error, stage=record.run.phase))
                record.end(RunStatus.FAILED)
                raise
            record.end(RunStatus.SUCCEEDED)

    def _new_run(self, mode: RunMode, first_phase: RunPhase) -> Run:
        now = self._clock.now_ms()
        return Run(
            run_id=self._identifiers.new(),
            mode=mode,
            phase=first_phase,
            status=RunStatus.RUNNING,
            started_at=now,
            heartbeat_at=now,
            host=self._process.host,
            pid=self._process.pid,
        )


def _as_failure(error: BaseException, *, stage: RunPhase) -> Failure:
    if isinstance(error, LoreError):
        return Failure(stage=stage.value, code=error.code, message=error.message)
    return Failure(stage=stage.value, code=LoreError.code, message=type(error).__name__)
