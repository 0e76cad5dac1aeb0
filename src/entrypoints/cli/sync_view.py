"""What a sync will do and what it did, for people."""

from collections.abc import Sequence

from application.operations.sync_runs import RunReport
from application.sync.commands import ProjectReport, SyncProjects
from domain.targets import SurgicalPlan
from entrypoints.cli.run_view import counts, show_failures, show_retry
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import Column, facts, table

_STATUS_STYLES = {"created": "green", "updated": "green", "found": "green", "unchanged": "dim", "skipped_stale": "dim"}


def show_standard_plan(screen: Screen, command: SyncProjects, stages: Sequence[str]) -> None:
    screen.line("This would be synced; nothing is asked and nothing is written now.")
    facts(
        screen,
        [
            ("projects", ", ".join(f"{one.path} ({one.instance})" for one in command.projects)),
            ("groups", ", ".join(f"{one.path} ({one.instance})" for one in command.groups)),
            ("from", "the beginning" if command.full else "where the last sync stopped"),
            ("stages", " -> ".join(stages)),
            ("dependents", ", ".join(sorted(command.dependents))),
        ],
    )


def show_surgical_plan(screen: Screen, plan: SurgicalPlan, phases: Sequence[str]) -> None:
    screen.line("These would be fetched; nothing is asked and nothing is written now.")
    for target in plan.targets:
        screen.line("  ", Cell(target.short, "bold"), "  ", Cell(plan.url(target), "dim", plan.url(target)))
    facts(screen, [("instance", plan.instance), ("project", plan.project_path), ("phases", " -> ".join(phases))])


def show_standard(screen: Screen, run: RunReport, projects: Sequence[ProjectReport]) -> None:
    columns = (Column(title="Project"), Column(title="Fetched", right=True), Column(title="", flexible=True))
    table(screen, columns, [(one.path, f"{one.fetched:,}", Cell(one.note, "dim")) for one in projects])
    _show_end(screen, run)


def show_surgical(screen: Screen, run: RunReport) -> None:
    for result in run.entity_results:
        sigil = "!" if result.get("kind") == "merge_request" else "#"
        status = str(result.get("status"))
        screen.line(
            Cell(f"{run.project_path}{sigil}{result.get('iid')}", "bold", str(result.get("web_url") or "")),
            "  ",
            Cell(status.replace("_", " "), _STATUS_STYLES.get(status, "red")),
            "  ",
            str(result.get("title") or ""),
            Cell("  (may change again: touched within two minutes)" if result.get("settled") is False else "", "dim"),
        )
    _show_end(screen, run)


def _show_end(screen: Screen, run: RunReport) -> None:
    seconds = (run.duration_ms or 0) / 1000
    screen.line(
        Cell("Done", "green"),
        f" in {seconds:.1f} s with {run.requests.requests:,} requests: {counts(run.counters)}.",
    )
    show_failures(screen, run.failures)
    show_retry(screen, run)
