"""`lore token`: keep a token, see where it comes from, let go of it."""

from typing import Annotated

import typer

from domain.errors import UsageError
from entrypoints.cli import panels
from entrypoints.cli.invocation import Invocation, invocation, opened
from entrypoints.cli.output import answer, answer_list
from entrypoints.cli.tree import command, group

InstanceName = Annotated[
    str | None, typer.Option("--instance", help="Which GitLab, by its name in the configuration.", metavar="NAME")
]


def add_to(root: typer.Typer) -> None:
    token = group(root, "token", "The tokens: keep one, see where they come from, let go of one.", panel=panels.SET_UP)

    @command(
        token,
        "set",
        examples=["lore token set", "pass show gitlab | lore token set --instance work"],
        writes=True,
    )
    def keep(ctx: typer.Context, instance: InstanceName = None) -> None:
        """Keep a token in the system's keyring, else in a file only you can read.

        The token is asked for without showing it, or read from standard input.
        """
        run = invocation(ctx)
        name = _one_instance(run, instance)
        with opened(ctx) as box:
            where = box.tokens().keep(name, _typed_token(run, name))
        answer(
            ctx,
            {"instance": name, "kept_in": where},
            lambda screen: screen.line(f"The token of {name} is kept: {where}. See `lore auth`."),
        )

    @command(
        token,
        "show",
        examples=["lore token show"],
        answer="entrypoints.cli.token_rows:TokenRow",
        answer_key="items",
    )
    def show(ctx: typer.Context) -> None:
        """Show where each instance's token comes from; never the token."""
        from entrypoints.cli.tables import Column, table
        from entrypoints.cli.token_rows import token_rows

        instances = invocation(ctx).settings().configured_instances()
        with opened(ctx) as box:
            rows = token_rows(box.tokens(), [instance.name for instance in instances])
        columns = (Column(title="Instance"), Column(title="Token", flexible=True))
        cells = [(row.instance, row.origin or row.problem) for row in rows]
        answer_list(ctx, rows, lambda screen: table(screen, columns, cells), total=len(rows))

    @command(token, "clear", examples=["lore token clear", "lore token clear --instance work"], writes=True)
    def clear(ctx: typer.Context, instance: InstanceName = None) -> None:
        """Remove the token that `lore token set` kept; variables and files of your own stay."""
        name = _one_instance(invocation(ctx), instance)
        with opened(ctx) as box:
            removed = box.tokens().forget(name)
        words = f"The kept token of {name} is gone." if removed else f"No token of {name} was kept."
        answer(ctx, {"instance": name, "removed": removed}, lambda screen: screen.line(words))


def _one_instance(run: Invocation, named: str | None) -> str:
    settings = run.settings()
    if named is not None:
        return settings.instance(named).name
    instances = settings.configured_instances()
    if len(instances) > 1:
        names = [instance.name for instance in instances]
        raise UsageError(
            f"There are several instances: {', '.join(names)}.",
            suggestion="Say which one with --instance.",
            details={"instances": names},
        )
    return instances[0].name


def _typed_token(run: Invocation, instance: str) -> str:
    """From a person without an echo, from anything else as its first line."""
    if run.interactive:
        prompt: str = typer.prompt(f"Token of {instance}", hide_input=True, err=True)
        return prompt
    line = run.stdin.readline().strip()
    if not line:
        raise UsageError(
            "No token came on standard input.", suggestion="Pipe it in: `pass show gitlab | lore token set`."
        )
    return line
