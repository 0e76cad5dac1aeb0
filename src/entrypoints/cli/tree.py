"""The command tree's own kinds of group and command: options for every command, aliases, and examples.

The options that every command takes are added here to each of them, so that they may stand before the command and
after it, and so that everything that looks at the tree (help, completion, the manual for robots) finds them there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from domain.errors import Cancelled
from entrypoints.cli.global_options import global_options
from entrypoints.cli.help_pages import write_commands, write_examples, write_parameters

F = TypeVar("F", bound=Callable[..., None])

_CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
_FACTS = "lore_facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFacts:
    """What a command's signature does not say."""

    examples: tuple[str, ...]
    """As a user types them; the first stands beside every usage error."""
    aliases: tuple[str, ...]
    answer: str
    """The record that a robot's `data` shows, as `module:Name`; empty where the command itself says what it holds."""
    answer_key: str
    """Where in `data` it stands: `items` or another list's name, `item`, or empty for `data` itself."""
    writes: bool
    """It changes or deletes something of the user's, so that no typing error may lead here."""


class ReaderGone(Exception):
    """Whoever read standard output has stopped reading, as `| head` does."""


class LoreCommand(TyperCommand):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.params = [*self.params, *global_options()]

    @property
    def facts(self) -> CommandFacts:
        facts: CommandFacts = getattr(self.callback, _FACTS)
        return facts

    def format_options(self, ctx: Any, formatter: Any) -> None:
        write_parameters(formatter, self.get_params(ctx), ctx)
        write_examples(formatter, self.facts.examples)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. What typer would make exit codes of its own goes on as what it is."""
        ctx.obj.command = ctx.command_path.partition(" ")[2]
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise Cancelled("Stopped.", suggestion="What was complete is kept.") from error
        except BrokenPipeError as error:
            raise ReaderGone from error


class LoreGroup(TyperGroup):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.params = [*self.params, *global_options()]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        write_commands(formatter, [(name, each) for name, each in self.commands.items() if not each.hidden])
        write_parameters(formatter, self.get_params(ctx), ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """A person who types nothing more gets the help; a program, the error."""
        if not args and not ctx.resilient_parsing and not ctx.obj.robot:
            typer.echo(ctx.get_help())
            ctx.exit()
        return super().parse_args(ctx, args)

    def aliases(self) -> dict[str, str]:
        """Every alias with the name of its command."""
        commands = [(name, each) for name, each in self.commands.items() if isinstance(each, LoreCommand)]
        return {alias: name for name, each in commands for alias in each.facts.aliases}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return super().get_command(ctx, self.aliases().get(cmd_name, cmd_name))


def command(
    parent: typer.Typer,
    name: str,
    *,
    examples: Sequence[str],
    aliases: Sequence[str] = (),
    answer: str = "",
    answer_key: str = "",
    writes: bool = False,
    panel: str | None = None,
) -> Callable[[F], F]:
    """Put a function into the tree as a command. Its docstring is the help, whose first line also stands in lists."""
    facts = CommandFacts(
        examples=tuple(examples), aliases=tuple(aliases), answer=answer, answer_key=answer_key, writes=writes
    )

    def put(function: F) -> F:
        setattr(function, _FACTS, facts)
        parent.command(name, cls=LoreCommand, context_settings=dict(_CONTEXT), rich_help_panel=panel)(function)
        return function

    return put


def new_tree(help_text: str) -> typer.Typer:
    return typer.Typer(
        cls=LoreGroup,
        help=help_text,
        context_settings=dict(_CONTEXT),
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def group(parent: typer.Typer, name: str, help_text: str, *, panel: str | None = None) -> typer.Typer:
    """A command that has commands below it."""
    below = new_tree(help_text)
    parent.add_typer(below, name=name, rich_help_panel=panel)
    return below
