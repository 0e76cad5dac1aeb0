"""`lore status`: how every project of the store stands."""

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import opened
from entrypoints.cli.options import ProjectName, RequireFresh
from entrypoints.cli.output import answer
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "status",
        aliases=["st", "sync-status"],
        examples=["lore status", "lore status -p group/app --require-fresh 1d"],
        answer="application.operations.read_status:StoreStatus",
        panel=panels.FETCH,
    )
    def status(ctx: typer.Context, project: ProjectName = None, require_fresh: RequireFresh = None) -> None:
        """Show for each project its last sync, counts, cursors and queues, and what failed."""
        from application.operations.read_status import StatusQuestion
        from entrypoints.cli.asking import duration
        from entrypoints.cli.status_view import show_status

        question = StatusQuestion(projects=(project,) if project else (), require_fresh_ms=duration(require_fresh))
        with opened(ctx) as box:
            found = box.read_status()(question)
        data = {"projects": found.projects, "documents_due": found.documents_due, "last_run": found.last_run}
        answer(ctx, data, lambda screen: show_status(screen, found), meta={"freshness": found.freshness})
