"""Running a sync from the command line, and telling what it did."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import typer

from application.operations.sync_runs import report_of
from application.sync.surgical import SyncTargets
from domain.errors import LoreError
from domain.runs import Failure, Run, RunPhase
from domain.targets import SurgicalArguments, SurgicalPlan, surgical_plan
from entrypoints.cli.invocation import Invocation, invocation, opened
from entrypoints.cli.output import answer
from entrypoints.cli.progress import shown_progress
from entrypoints.cli.sync_plan import StandardWishes, configured, default_project, standard_command
from entrypoints.cli.sync_view import show_standard, show_standard_plan, show_surgical, show_surgical_plan
from entrypoints.views import plain

_SURGICAL_PHASES = ("preflight", "ingest", "dependents", "docs", "embed")


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgicalWishes:
    preflight_only: bool
    dry_run: bool
    embed: bool
    strict: bool
    reconcile: bool = False


def sync_projects(ctx: typer.Context, wishes: StandardWishes, *, dry_run: bool, strict: bool) -> None:
    run = invocation(ctx)
    command = standard_command(run.settings(), wishes)
    if dry_run:
        stages = ["resolve", "ingest", *(["reconcile"] if command.reconcile else []), "dependents"]
        stages += ["docs"] if command.docs else []
        stages += ["embed"] if command.docs and command.embed else []
        answer(
            ctx,
            {
                "mode": "standard",
                "dry_run": True,
                "projects": command.projects,
                "groups": command.groups,
                "full": command.full,
                "reconcile": command.reconcile,
                "stages": stages,
                "dependents": sorted(command.dependents),
            },
            lambda screen: show_standard_plan(screen, command, stages),
        )
        return
    with shown_progress(run) as progress, opened(ctx, progress=progress) as box:
        report = box.standard_sync()(command)
    shown = report_of(report.run)
    _warn(run, report.warnings, report.run)
    _be_strict(report.run, strict=strict)
    data = plain(shown)
    data = {**data, "projects": plain(report.projects)} if isinstance(data, dict) else {}
    answer(ctx, data, lambda screen: show_standard(screen, shown, report.projects))


def sync_targets(ctx: typer.Context, named: SurgicalArguments, wishes: SurgicalWishes) -> None:
    run = invocation(ctx)
    plan = _plan(ctx, named)
    if wishes.dry_run:
        phases = _SURGICAL_PHASES[:1] if wishes.preflight_only else _SURGICAL_PHASES
        targets = [{"kind": each.kind, "iid": each.iid, "web_url": plan.url(each)} for each in plan.targets]
        data = {
            "mode": "surgical",
            "dry_run": True,
            "instance": plan.instance,
            "project_path": plan.project_path,
            "targets": targets,
            "phases": phases,
        }
        answer(ctx, data, lambda screen: show_surgical_plan(screen, plan, phases))
        return
    command = SyncTargets(
        plan=plan, preflight_only=wishes.preflight_only, reconcile=wishes.reconcile, embed=wishes.embed
    )
    with shown_progress(run) as progress, opened(ctx, progress=progress, urgent=True) as box:
        report = box.surgical_sync()(command)
    shown = replace(report_of(report.run), suggested_retry_command=report.suggested_retry_command)
    _warn(run, report.warnings, report.run)
    _be_strict(report.run, strict=wishes.strict)
    answer(ctx, shown, lambda screen: show_surgical(screen, shown))


def _plan(ctx: typer.Context, named: SurgicalArguments) -> SurgicalPlan:
    """Decided before anything is opened: the checkout is asked only where items have no project otherwise."""
    settings = invocation(ctx).settings()
    instances = configured(settings)
    if named.project is None and (named.issues or named.merge_requests):
        with opened(ctx) as box:
            named = replace(named, default_project=default_project(settings, box.current_project()))
    return surgical_plan(named, instances)


def _warn(run: Invocation, warnings: Sequence[str], ended: Run) -> None:
    for warning in warnings:
        run.warn(warning)
    if ended.failures and run.robot:
        run.warn(f"{_counted(ended.failures)}; data.failures lists them.")


def _counted(failures: Sequence[Failure]) -> str:
    return f"{len(failures)} failure{'' if len(failures) == 1 else 's'}"


def _be_strict(ended: Run, *, strict: bool) -> None:
    """With `--strict`, what failed in part failed."""
    if strict and ended.failures:
        raise _failed(ended.failures[0], ended)


def _failed(failure: Failure, ended: Run) -> LoreError:
    kinds: list[type[LoreError]] = [LoreError]
    for kind in kinds:  # grows while it is walked
        kinds += kind.__subclasses__()
    of_code = next((kind for kind in kinds if kind.code == failure.code), LoreError)
    place = f"{failure.project_path or ''}{failure.kind.sigil if failure.kind else ''}{failure.iid or ''}"
    return of_code(
        f"{_counted(ended.failures)}, the first in {failure.stage} of {place}: {failure.message}",
        suggestion="What worked is kept. Run the same command again for the rest.",
        actions=[f"lore sync-runs --run-id {ended.run_id}"],
        details={"run_id": ended.run_id, "failures": plain(ended.failures), "phase": RunPhase(ended.phase).value},
    )
