"""Writing a configuration file: what `lore init` puts down."""

import json
from collections.abc import Iterator
from pathlib import Path

from entrypoints.settings import InstanceSettings

_HEAD = "# The settings of lore. `lore config show` tells what is in force, `lore config validate` checks this file.\n"


def new_config(instance: InstanceSettings, default_project: str | None) -> str:
    """A whole file with one instance."""
    default = f"\ndefault_project = {_quoted(default_project)}\n" if default_project else ""
    return f"{_HEAD}{default}\n{instance_table(instance)}"


def with_instance(text: str, instance: InstanceSettings) -> str:
    """A file with one instance more; everything that stands in it stays as it is."""
    return f"{text.rstrip()}\n\n{instance_table(instance)}"


def instance_table(instance: InstanceSettings) -> str:
    return "\n".join(["[[instances]]", *_lines(instance), ""])


def _lines(instance: InstanceSettings) -> Iterator[str]:
    for name in InstanceSettings.__slots__:
        value: object = getattr(instance, name)
        if isinstance(value, tuple) and value:
            yield f"{name} = [{', '.join(_quoted(str(each)) for each in value)}]"
        elif isinstance(value, str | Path):
            yield f"{name} = {_quoted(str(value))}"


def _quoted(text: str) -> str:
    """A basic string of TOML; of what JSON leaves alone, TOML forbids only DEL, which no setting may hold."""
    return json.dumps(text, ensure_ascii=False)
