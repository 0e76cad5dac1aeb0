"""Sync runs, for people."""

from collections.abc import Iterator, Sequence

from application.operations.sync_runs import RunReport
from domain.runs import Counters, Failure
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import Column, facts, state, table

_FAILURES_SHOWN = 10
_WORDS = {"skipped_stale": "newer here", "dependents_fetched": "dependent sets", "chunks_embedded": "chunks embedded"}


def show_runs(screen: Screen, runs: Sequence[RunReport], total: int) -> None:
    if not runs:
        screen.line("No run like that. ", Cell("lore sync", "cyan"), " starts one.")
        return
    columns = (
        Column(title="Run"),
        Column(title="Mode"),
        Column(title="Status"),
        Column(title="Started"),
        Column(title="Took", right=True, from_width=60),
        Column(title="What", flexible=True, from_width=80),
    )
    rows = [
        (
            Cell(run.run_id[:8], "dim"),
            run.mode.value,
            state(run.status.value),
            screen.when(run.started_at),
            _seconds(run.duration_ms),
            _summary(run),
        )
        for run in runs
    ]
    table(screen, columns, rows)
    if len(runs) < total:
        screen.line(Cell(f"{len(runs)} of {total}; --limit {total} shows all.", "dim"))


def show_run(screen: Screen, run: RunReport) -> None:
    screen.line(Cell(run.run_id, "bold"), "  ", state(run.status.value))
    facts(
        screen,
        [
            ("mode", run.mode.value),
            ("phase", run.phase.value),
            ("project", run.project_path or ""),
            ("targets", ", ".join(run.targets)),
            ("started", screen.when(run.started_at)),
            ("took", _seconds(run.duration_ms)),
            ("stages", ", ".join(f"{stage.stage} {stage.milliseconds / 1000:.1f} s" for stage in run.stages)),
            ("counts", counts(run.counters)),
            ("requests", _requests(run)),
        ],
    )
    for result in run.entity_results:
        sigil = "!" if result.get("kind") == "merge_request" else "#"
        title = Cell(str(result.get("title") or ""), "", str(result.get("web_url") or ""))
        screen.line("  ", f"{sigil}{result.get('iid')}  ", Cell(str(result.get("status")), "bold"), "  ", title)
    show_failures(screen, run.failures)
    show_retry(screen, run)


def show_failures(screen: Screen, failures: Sequence[Failure]) -> None:
    for failure in failures[:_FAILURES_SHOWN]:
        sigil = failure.kind.sigil if failure.kind else ""
        place = f"{failure.project_path or ''}{sigil}{failure.iid or ''}"
        screen.line(Cell("  ✗ ", "red"), f"{failure.stage} {place}: {failure.message}")
    if len(failures) > _FAILURES_SHOWN:
        screen.line(Cell(f"  and {len(failures) - _FAILURES_SHOWN} more: --json has all", "dim"))


def show_retry(screen: Screen, run: RunReport) -> None:
    if run.suggested_retry_command:
        screen.line("Still to be done: ", Cell(run.suggested_retry_command, "cyan"))


def counts(counters: Counters) -> str:
    """Those that are not zero, in words."""
    return ", ".join(_counted(counters)) or "nothing to do"


def _counted(counters: Counters) -> Iterator[str]:
    for name in Counters.__slots__:
        count = getattr(counters, name)
        if count:
            yield f"{count:,} {_WORDS.get(name, name.replace('_', ' '))}"


def _summary(run: RunReport) -> str:
    targets = f"{run.project_path or ''} {' '.join(run.targets)}".strip() if run.project_path else ""
    return "; ".join(part for part in (targets, counts(run.counters)) if part)


def _requests(run: RunReport) -> str:
    told = run.requests
    words = f"{told.requests:,}"
    if told.retries:
        words += f", {told.retries} retries"
    if told.waited_ms:
        words += f", waited {told.waited_ms / 1000:.1f} s for GitLab"
    return words


def _seconds(duration_ms: int | None) -> str:
    return "" if duration_ms is None else f"{duration_ms / 1000:.1f} s"
