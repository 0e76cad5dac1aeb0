"""The `lore` command: its tree, and how a run of it begins and ends.

Modules of the command line import typer and the standard library at the top, and everything else inside commands.
"""

import contextlib
import importlib
import io
import os
import sys
from collections.abc import Sequence

import typer
from typer.main import get_group

from domain.errors import Cancelled, ConfigInvalid, LoreError
from entrypoints.cli import failures
from entrypoints.cli.completions import COMPLETION_VARIABLE
from entrypoints.cli.invocation import Invocation, this_process
from entrypoints.cli.robot_mode import FLAGS, is_robot, typed_flag
from entrypoints.cli.tree import ReaderGone, new_tree
from entrypoints.redaction import secrets_in

_COMMANDS = {
    "demo": ("demo",),
    "init": ("init",),
    "auth": ("auth",),
    "token": ("token",),
    "config": ("config",),
    "completions": ("completions",),
    "sync": ("sync",),
    "sync_runs": ("sync-runs",),
    "status": ("status",),
    "generate_docs": ("generate-docs",),
    "embed": ("embed",),
    "issues": ("issues",),
    "mrs": ("mrs",),
    "notes": ("notes",),
    "search": ("search",),
    "provenance": ("file-history", "trace", "timeline", "explain", "related", "drift"),
    "people": ("who", "me"),
    "count": ("count",),
    "sql": ("sql",),
    "serve": ("serve",),
    "stats": ("stats",),
    "doctor": ("doctor",),
    "project": ("project",),
    "migrate": ("migrate",),
    "version": ("version",),
}
"""The modules beside this one, and the commands that each adds to the tree; `lore --help` lists them in this order."""

_FLAGS = frozenset({*FLAGS, "-q", "--quiet", "-v", "--verbose"})
"""Options for every command that take no value, so that the word behind them is the command."""


def tree(arguments: Sequence[str] = ()) -> typer.Typer:
    """The command that these arguments begin with and those of its module; all commands, where that is not so plain.

    To load and build all of them takes 60 ms, and only help, completion and typing errors need them.
    """
    root = new_tree(
        "Everything your GitLab ever knew: a local, searchable mirror of issues, merge requests and threads."
    )
    word = next((one for one in arguments if one not in _FLAGS), None)
    named = [module for module, commands in _COMMANDS.items() if word in commands]
    for module in named or _COMMANDS:
        importlib.import_module(f"entrypoints.cli.{module}").add_to(root)
    return root


def main() -> None:
    """Run what the process was called with, and end the process."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a letter is no reason to fail
    if COMPLETION_VARIABLE in os.environ:
        from typer.completion import completion_init  # type: ignore[attr-defined]  # it has no public place

        completion_init()
    sys.exit(run(sys.argv[1:], this_process()))


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Run one command; returns its exit code. Nothing is raised, whatever happens inside."""
    try:
        ended = get_group(tree(arguments))(list(arguments), prog_name="lore", standalone_mode=False, obj=invocation)
        invocation.stdout.flush()
    except (ReaderGone, BrokenPipeError):
        return _reader_gone(invocation)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - the last place where anything can still be told
        told = _as_told(error, invocation)
        return failures.tell(invocation, told, robot=_tells_robots(arguments, invocation))
    return ended if isinstance(ended, int) else 0


def _as_told(error: BaseException, invocation: Invocation) -> LoreError:
    if isinstance(error, LoreError):
        return error
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return Cancelled("Stopped.", suggestion="What was complete is kept.")
    if isinstance(error, typer.TyperException):
        return failures.usage_error(error)
    from entrypoints.fault_log import unexpected

    return unexpected(error, secrets_in(invocation.environ))


def _tells_robots(arguments: Sequence[str], invocation: Invocation) -> bool:
    """As `Invocation.robot`; of a command that could not be parsed, what its words look like decides."""
    flag = invocation.options.robot
    if flag is None and invocation.command is None:
        flag = typed_flag(arguments)
    try:
        return is_robot(flag, invocation.environ, terminal=invocation.stdout.isatty(), command=invocation.command)
    except ConfigInvalid:
        return not invocation.stdout.isatty()


def _reader_gone(invocation: Invocation) -> int:
    """Leave nothing in the buffer that Python would try to write at the end, and be content."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), invocation.stdout.fileno())
    return 0
