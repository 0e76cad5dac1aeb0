"""`lore doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.output import answer, screen_of
from entrypoints.cli.tree import command

if TYPE_CHECKING:
    from application.operations.doctor import HealthReport
    from domain.errors import HealthCheckFailed


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "doctor",
        examples=["lore doctor", "lore doctor --quick && lore sync"],
        answer="application.operations.doctor:HealthReport",
        panel=panels.LOOK_AFTER,
    )
    def doctor(
        ctx: typer.Context,
        quick: Annotated[bool, typer.Option("--quick", help="Only what is fast and asks no server.")] = False,
    ) -> None:
        """Check everything, with a remedy for what is wrong; exit code 19 if something is.

        Configuration, tokens, servers and their clocks, the store, its index and its locks.
        """
        from entrypoints.cli.doctor_view import show_health

        report = _examine(ctx, quick=quick)
        if report.ready:
            answer(ctx, report, lambda screen: show_health(screen, report))
            return
        run = invocation(ctx)
        if not run.robot:
            show_health(screen_of(run), report)
        raise _failed(report)


def _examine(ctx: typer.Context, *, quick: bool) -> HealthReport:
    """Without a usable configuration there is one check, and it failed."""
    from application.operations.doctor import CheckReport, Examine, HealthReport, failed_check
    from application.ports.health import CheckState
    from domain.errors import LoreError

    run = invocation(ctx)
    try:
        settings = run.settings()
        settings.configured_instances()
    except LoreError as error:
        return HealthReport(ready=False, checks=(failed_check("configuration", error),))
    warnings = settings.warnings()
    configuration = CheckReport(
        name="configuration",
        state=CheckState.WARNING if warnings else CheckState.OK,
        message=" ".join(warnings) or f"{settings.config_file} is right.",
        remedy="Use https." if warnings else "",
    )
    with opened(ctx, hasty=True) as box:
        report = box.doctor()(Examine(quick=quick))
    return HealthReport(ready=report.ready, checks=(configuration, *report.checks))


def _failed(report: HealthReport) -> HealthCheckFailed:
    from application.ports.health import CheckState
    from domain.errors import HealthCheckFailed
    from entrypoints.views import plain

    failed = [check for check in report.checks if check.state is CheckState.FAILED]
    return HealthCheckFailed(
        f"Not ready: {', '.join(check.name for check in failed)}.",
        suggestion=failed[0].remedy or failed[0].message,
        actions=failed[0].actions,
        details={"checks": plain(report.checks)},
    )
