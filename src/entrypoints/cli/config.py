"""`lore config`: the settings in force, where they come from, and whether the file is right."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation
from entrypoints.cli.output import answer, answer_list
from entrypoints.cli.tree import command, group

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entrypoints.cli.screen import Screen
    from entrypoints.setting_docs import SettingDoc


class Table(StrEnum):
    INSTANCES = "instances"
    SYNC = "sync"
    EMBEDDING = "embedding"
    STORAGE = "storage"


def add_to(root: typer.Typer) -> None:
    config = group(root, "config", "The configuration: what is in force, and where it comes from.", panel=panels.SET_UP)

    @command(
        config,
        "show",
        examples=["lore config show", "lore config show --json"],
        answer="entrypoints.setting_rows:SettingRow",
        answer_key="items",
    )
    def show(ctx: typer.Context) -> None:
        """Show every setting in force and where it comes from; never a token."""
        from entrypoints.cli.screen import Cell
        from entrypoints.cli.tables import Column, table
        from entrypoints.setting_rows import setting_rows

        rows = setting_rows(invocation(ctx).settings())
        columns = (Column(title="Setting"), Column(title="Value", flexible=True), Column(title="From", from_width=60))
        cells = [(row.key, row.shown, Cell(row.origin, "dim")) for row in rows]
        answer_list(ctx, rows, lambda screen: table(screen, columns, cells), total=len(rows))

    @command(
        config,
        "keys",
        examples=["lore config keys", "lore config keys embedding"],
        answer="entrypoints.setting_docs:SettingDoc",
        answer_key="items",
    )
    def keys(
        ctx: typer.Context,
        table: Annotated[Table | None, typer.Argument(help="Only those of this table.", metavar="[TABLE]")] = None,
    ) -> None:
        """Explain every key that the file may have: what it is for, what it takes, what holds without it."""
        from entrypoints.setting_docs import setting_docs

        docs = [doc for doc in setting_docs() if table is None or doc.key.startswith(f"{table.value}.")]
        answer_list(ctx, docs, lambda screen: _explain(screen, docs), total=len(docs))

    @command(config, "path", examples=["lore config path", "$EDITOR $(lore config path --no-robot)"])
    def path(ctx: typer.Context) -> None:
        """Show where the configuration file is, or would be."""
        from entrypoints.settings_loading import config_place

        run = invocation(ctx)
        file, _named_by = config_place(run.environ, run.options.config)
        answer(ctx, {"path": str(file), "exists": file.is_file()}, lambda screen: screen.line(str(file)))

    @command(config, "validate", examples=["lore config validate", "lore config validate --config new.toml"])
    def validate(ctx: typer.Context) -> None:
        """Check the configuration file; wrong keys and values are errors, dangerous ones warnings."""
        run = invocation(ctx)
        settings = run.settings()
        settings.configured_instances()
        for warning in settings.warnings():
            run.warn(warning)
        names = [instance.name for instance in settings.instances]
        data = {"valid": True, "path": str(settings.config_file), "instances": names}
        answer(ctx, data, lambda screen: screen.line(f"{settings.config_file} is right."))


def _explain(screen: Screen, docs: Iterable[SettingDoc]) -> None:
    from entrypoints.cli.screen import Cell

    for doc in docs:
        default = "" if doc.default is None else f" Default: {str(doc.default).lower()}."
        screen.line(Cell(doc.key, "bold"), "  ", doc.meaning)
        screen.line("    ", Cell(f"Takes {doc.takes}.{default}", "dim"))
