"""How help is laid out: plain text under headings. rich's pages cost 120 ms, most of what `--help` took."""

from collections.abc import Iterable, Sequence
from typing import Any

_COMMANDS = "Commands"


def write_parameters(formatter: Any, parameters: Iterable[Any], ctx: Any) -> None:
    """Arguments, then options under the heading that each was given."""
    sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
    for parameter in parameters:
        record = parameter.get_help_record(ctx)
        if record is not None:
            default = "Arguments" if parameter.param_type_name == "argument" else "Options"
            panel = getattr(parameter, "rich_help_panel", None)
            sections.setdefault(panel or default, []).append(record)
    _write(formatter, sections)


def write_commands(formatter: Any, commands: Sequence[tuple[str, Any]]) -> None:
    """Commands under the heading that each was given, with the first paragraph of their help."""
    sections: dict[str, list[tuple[str, str]]] = {}
    width = max(len(name) for name, _command in commands)
    for name, each in commands:
        panel = each.rich_help_panel if isinstance(each.rich_help_panel, str) else _COMMANDS
        words, _, _more = (each.help or "").partition("\n\n")
        sections.setdefault(panel, []).append((name.ljust(width), words))
    _write(formatter, sections)


def write_examples(formatter: Any, examples: Sequence[str]) -> None:
    """As they are, however long: a command that is cut cannot be pasted."""
    with formatter.section("Examples"):
        for example in examples:
            formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def _write(formatter: Any, sections: dict[str, list[tuple[str, str]]]) -> None:
    for heading, records in sections.items():
        if records:
            with formatter.section(heading):
                formatter.write_dl(records)
