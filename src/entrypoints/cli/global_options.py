"""The options that every command takes, before it and after it, and where their values go."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperOption
from typer.main import get_params_convertors_ctx_param_name_from_function as parameters_of

PANEL = "For every command"


class ColorWhen(StrEnum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def _put(ctx: typer.Context, param: typer.CallbackParam, value: Any) -> None:
    """Only what was typed counts, so that an option before the command is not undone by its absence after it."""
    if value is not None and ctx.obj is not None:
        setattr(ctx.obj.options, str(param.name), value)


def _put_json(ctx: typer.Context, value: bool | None) -> None:
    if value and ctx.obj is not None:
        ctx.obj.options.robot = True


def _show_version(ctx: typer.Context, value: bool | None) -> None:
    if value and not ctx.resilient_parsing:
        from entrypoints.program_version import program_version

        typer.echo(f"lore {program_version()}")
        raise typer.Exit


def _flag(*names: str, help_text: str, callback: Any = _put, eager: bool = False) -> Any:
    return typer.Option(
        *names, help=help_text, callback=callback, expose_value=False, is_eager=eager, rich_help_panel=PANEL
    )


def _valued(*names: str, help_text: str, metavar: str | None = None, least: int | None = None) -> Any:
    return typer.Option(
        *names,
        help=help_text,
        metavar=metavar,
        min=least,
        callback=_put,
        expose_value=False,
        show_default=False,
        rich_help_panel=PANEL,
    )


def _every_command(
    config: Annotated[
        Path | None, _valued("-c", "--config", help_text="A TOML file of settings.", metavar="FILE")
    ] = None,
    robot: Annotated[bool | None, _flag("--robot/--no-robot", help_text="One line of JSON, or never.")] = None,
    as_json: Annotated[bool | None, _flag("-J", "--json", help_text="Same as --robot.", callback=_put_json)] = None,
    fields: Annotated[
        str | None, _valued("--fields", help_text="Of JSON answers: a,b,c or minimal.", metavar="LIST")
    ] = None,
    max_tokens: Annotated[
        int | None,
        _valued("--max-tokens", help_text="Bound a JSON answer, and say what was dropped.", metavar="N", least=1),
    ] = None,
    quiet: Annotated[bool | None, _flag("-q", "--quiet", help_text="No progress, no hints.")] = None,
    verbosity: Annotated[
        int | None,
        typer.Option(
            "-v",
            "--verbose",
            count=True,
            help="Say more; -vv shows tracebacks.",
            callback=_put,
            expose_value=False,
            show_default=False,
            metavar="",
            rich_help_panel=PANEL,
        ),
    ] = None,
    color: Annotated[ColorWhen | None, _valued("--color", help_text="When to use colours.")] = None,
    version: Annotated[
        bool | None, _flag("--version", help_text="Show the version.", callback=_show_version, eager=True)
    ] = None,
) -> None:
    """Never called: its signature is what counts."""


@cache
def global_options() -> tuple[TyperArgument | TyperOption, ...]:
    """As parameters of a command. They know nothing of it, so all commands share them."""
    parameters, _convertors, _context = parameters_of(_every_command)
    return tuple(parameters)
