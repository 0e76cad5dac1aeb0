"""`lore sync-runs`: the run ledger."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import opened
from entrypoints.cli.options import Limit
from entrypoints.cli.output import answer_list
from entrypoints.cli.tree import command

if TYPE_CHECKING:
    from entrypoints.cli.screen import Screen


class RunStateName(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class RunModeName(StrEnum):
    STANDARD = "standard"
    SURGICAL = "surgical"


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "sync-runs",
        aliases=["runs"],
        examples=["lore sync-runs", "lore sync-runs --state failed --mode surgical", "lore sync-runs --run-id ID"],
        answer="application.operations.sync_runs:RunReport",
        answer_key="runs",
        panel=panels.FETCH,
    )
    def sync_runs(
        ctx: typer.Context,
        limit: Limit = 20,
        run_id: Annotated[str | None, typer.Option("--run-id", help="This one run, in full.", metavar="ID")] = None,
        state: Annotated[RunStateName | None, typer.Option("--state", help="Runs that ended so.")] = None,
        mode: Annotated[RunModeName | None, typer.Option("--mode", help="Runs of this kind.")] = None,
    ) -> None:
        """Show past and present sync runs, newest first, with a command that does what they left undone."""
        from application.operations.sync_runs import FindRuns
        from domain.runs import RunMode, RunStatus
        from entrypoints.cli.run_view import show_run, show_runs

        found = FindRuns(
            run_id=run_id,
            state=RunStatus(state.value) if state else None,
            mode=RunMode(mode.value) if mode else None,
            limit=None,
        )
        with opened(ctx) as box:
            runs = box.list_sync_runs()(found)
        shown = runs[:limit]
        total, paging = len(runs), {"truncated": len(shown) < len(runs)}

        def show(screen: Screen) -> None:
            if run_id is not None:
                show_run(screen, shown[0])
            else:
                show_runs(screen, shown, total)

        answer_list(ctx, shown, show, total=total, name="runs", meta=paging)
