"""`lore migrate`."""

from typing import Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import opened
from entrypoints.cli.output import answer
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "migrate",
        examples=["lore migrate --check", "lore migrate"],
        answer="application.operations.migrate_store:MigrationReport",
        writes=True,
        panel=panels.LOOK_AFTER,
    )
    def migrate(
        ctx: typer.Context,
        check: Annotated[bool, typer.Option("--check", help="Only say whether there is anything to do.")] = False,
    ) -> None:
        """Bring the store to this version's schema; every command that opens the store does so too."""
        from application.operations.migrate_store import Migrate

        with opened(ctx) as box:
            report = box.migrate_store()(Migrate(check_only=check))
        if report.before is None:
            words = f"There is no store at {report.place} yet."
        elif report.needed:
            words = f"{report.place} has schema {report.before}; {report.newest} is the newest."
        elif report.before == report.after:
            words = f"{report.place} has the newest schema, {report.newest}."
        else:
            words = f"{report.place} went from schema {report.before} to {report.after}."
        answer(ctx, report, lambda screen: screen.line(words))
