"""`lore demo`."""

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation
from entrypoints.cli.output import answer
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(root, "demo", examples=["lore demo"], answer="entrypoints.cli.tour:Tour", panel=panels.SET_UP)
    def demo(ctx: typer.Context) -> None:
        """Take a tour on a built-in sample GitLab: no token, no network, nothing left behind.

        A small GitLab is started on this machine, synced over real HTTP into a temporary store, and asked a few things.
        """
        from entrypoints.cli.tour import people_tour, robot_tour

        run = invocation(ctx)
        if run.robot:
            tour = robot_tour(run)
            answer(ctx, tour, lambda _screen: None)
        else:
            people_tour(run)
