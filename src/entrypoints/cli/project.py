"""`lore project`: which projects the store holds, and letting go of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.output import answer_item, answer_list
from entrypoints.cli.tree import command, group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports.project_registry import RegisteredProject
    from entrypoints.cli.screen import Screen

_RECORD = "application.ports.project_registry:RegisteredProject"


def add_to(root: typer.Typer) -> None:
    project = group(root, "project", "The projects of the store.", panel=panels.LOOK_AFTER)

    @command(project, "list", examples=["lore project list"], answer=_RECORD, answer_key="items")
    def list_projects(ctx: typer.Context) -> None:
        """List the projects that the store holds, and how much of each."""
        with opened(ctx) as box:
            projects = box.list_projects()()
        answer_list(ctx, projects, lambda screen: _show(screen, projects), total=len(projects))

    @command(
        project,
        "forget",
        examples=["lore project forget group/app", "lore project forget group/app --yes"],
        answer=_RECORD,
        answer_key="item",
        writes=True,
    )
    def forget(
        ctx: typer.Context,
        path: Annotated[str, typer.Argument(help="The full path.", metavar="PATH")],
        instance: Annotated[str | None, typer.Option("--instance", help="Where several have that path.")] = None,
        yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    ) -> None:
        """Remove a project with all its data from the store; GitLab is not touched.

        A project that the configuration still names comes back with the next sync.
        """
        from application.operations.forget_project import ForgetThisProject

        if invocation(ctx).interactive and not yes:
            typer.confirm(f"Remove {path} and everything of it from the store?", abort=True, err=True)
        with opened(ctx) as box:
            gone = box.forget_project()(ForgetThisProject(path=path, instance=instance))
        words = f"{gone.path} is gone: {gone.issues} issues, {gone.merge_requests} merge requests, {gone.notes} notes."
        answer_item(ctx, gone, lambda screen: screen.line(words))


def _show(screen: Screen, projects: Sequence[RegisteredProject]) -> None:
    from entrypoints.cli.screen import Cell
    from entrypoints.cli.tables import Column, table

    if not projects:
        screen.line("The store holds no project yet. ", Cell("lore sync", "cyan"), " brings what is configured.")
        return
    columns = (
        Column(title="Project", flexible=True),
        Column(title="Issues", right=True),
        Column(title="MRs", right=True),
        Column(title="Notes", right=True),
        Column(title="Instance", from_width=60),
        Column(title="Synced by", from_width=80),
    )
    rows = [
        (
            Cell(one.path, "", one.web_url),
            f"{one.issues:,}",
            f"{one.merge_requests:,}",
            f"{one.notes:,}",
            Cell(one.instance, "dim"),
            "lore sync" if one.in_standard_sync else "named items only",
        )
        for one in projects
    ]
    table(screen, columns, rows)
