"""`lore completions`."""

from enum import StrEnum
from typing import Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation
from entrypoints.cli.output import answer
from entrypoints.cli.tree import command

COMPLETION_VARIABLE = "_LORE_COMPLETE"
"""The shell sets it when it asks what could come next."""


class Shell(StrEnum):
    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "completions",
        examples=["lore completions bash >> ~/.bashrc", 'eval "$(lore completions zsh)"'],
        panel=panels.SET_UP,
    )
    def completions(
        ctx: typer.Context, shell: Annotated[Shell, typer.Argument(help="The shell to complete in.")]
    ) -> None:
        """Print the script that lets a shell complete lore's commands and options."""
        from typer.completion import get_completion_script  # type: ignore[attr-defined]  # it has no public place

        script = get_completion_script(prog_name="lore", complete_var=COMPLETION_VARIABLE, shell=shell.value)

        def show(_screen: object) -> None:
            invocation(ctx).stdout.write(f"{script}\n")

        answer(ctx, {"shell": shell.value, "script": script}, show)
