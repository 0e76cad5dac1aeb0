"""`lore version`."""

import typer

from entrypoints.cli import panels
from entrypoints.cli.output import answer
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(root, "version", examples=["lore version"], panel=panels.LOOK_AFTER)
    def version(ctx: typer.Context) -> None:
        """Show the versions of lore and of what it runs on."""
        import platform
        import sqlite3

        from entrypoints.program_version import program_version

        versions = {
            "version": program_version(),
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "platform": platform.platform(),
        }
        answer(ctx, versions, lambda screen: screen.line(f"lore {versions['version']} on Python {versions['python']}"))
