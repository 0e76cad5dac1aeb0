"""Checks a parsed configuration against its keys; every complaint names key, value and what would be right."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from domain.errors import ConfigInvalid
from domain.nearest import similar
from domain.safe_text import single_line
from entrypoints.config_keys import INSTANCE, INSTANCE_NEEDS, SERVED, TABLES, TOP, Keys
from entrypoints.config_values import Unfit, Value
from entrypoints.redaction import HIDDEN, redact

_SHOWN_CHARS = 80
_HINT_OF_INSTANCES = "No token stands in this file: name its variable with token_env, or use `lore token set`. "
_HINT_OF_EMBEDDING = "No key stands in this file: name its variable with api_key_env. "
_SECRET_KEYS = ("token", "password", "secret", "api_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedConfig:
    """The values that stand in a file, by key, each as its setting wants it."""

    top: Mapping[str, object]
    tables: Mapping[str, Mapping[str, object]]
    instances: tuple[Mapping[str, object], ...]


class ConfigChecks:
    """The checks of one file, or of another named source of values."""

    def __init__(self, source: str) -> None:
        self._source = source

    def check(self, parsed: Mapping[str, object]) -> CheckedConfig:
        known = (*TOP, *TABLES, "instances")
        for key in parsed:
            if key not in known:
                self._refuse_unknown(key, key, known)
        instances = parsed.get("instances", [])
        if not isinstance(instances, list) or not all(isinstance(each, dict) for each in instances):
            self._refuse("instances", instances, "one [[instances]] table for each GitLab")
        tables = {name: self._table(name, parsed[name], keys) for name, keys in TABLES.items() if name in parsed}
        self._embedding(tables.get("embedding", {}))
        return CheckedConfig(
            top={key: self.value(key, TOP[key], value) for key, value in parsed.items() if key in TOP},
            tables=tables,
            instances=self._instances(instances),
        )

    def value(self, shown_key: str, wanted: Value, value: object) -> object:
        try:
            return wanted.read(value)
        except Unfit as unfit:
            self._refuse(shown_key, value, wanted.expected, why=str(unfit))

    def _table(self, name: str, table: object, keys: Keys) -> Mapping[str, object]:
        if not isinstance(table, dict):
            self._refuse(name, table, f"a table: [{name}]")
        for key in table:
            if key not in keys:
                self._refuse_unknown(f"{name}.{key}", key, keys)
        return {key: self.value(f"{name}.{key}", keys[key], value) for key, value in table.items()}

    def _embedding(self, table: Mapping[str, object]) -> None:
        """What a provider needs, and what the built-in one has no use for; `none` keeps settings for later."""
        provider = table.get("provider", "builtin")
        if provider in SERVED and "model" not in table:
            raise ConfigInvalid(
                f"{self._source}: embedding.model is missing, which the provider {provider} needs.",
                suggestion=f"It takes {TABLES['embedding']['model'].expected}, such as {SERVED[str(provider)]}.",
                actions=["lore config keys embedding"],
                details={"source": self._source, "key": "embedding.model"},
            )
        surplus = [key for key in table if key != "provider"] if provider == "builtin" else []
        if surplus:
            self._refuse(
                f"embedding.{surplus[0]}",
                table[surplus[0]],
                f"nothing, unless provider is one of {', '.join(SERVED)}",
                why="the built-in embedder has a model of its own",
            )

    def _instances(self, tables: list[dict[str, object]]) -> tuple[Mapping[str, object], ...]:
        checked: list[Mapping[str, object]] = []
        for number, table in enumerate(tables, 1):
            name = table.get("name")
            shown = f"instances.{name}" if isinstance(name, str) else f"instances[{number}]"
            checked.append(self._instance(shown, table))
            if any(name == other["name"] for other in checked[:-1]):
                self._refuse(f"{shown}.name", name, "a name that no other instance has")
        return tuple(checked)

    def _instance(self, shown: str, table: dict[str, object]) -> Mapping[str, object]:
        for key in INSTANCE_NEEDS:
            if key not in table:
                raise ConfigInvalid(
                    f"{self._source}: {single_line(shown)} lacks {key}, which every instance needs.",
                    suggestion=f"It takes {INSTANCE[key].expected}.",
                    details={"source": self._source, "key": f"{shown}.{key}", "expected": INSTANCE[key].expected},
                )
        checked = self._table(shown, table, INSTANCE)
        if checked.get("token_env") == "CI_JOB_TOKEN":
            self._refuse(
                f"{shown}.token_env",
                "CI_JOB_TOKEN",
                "the variable of a personal, project or group access token with scope read_api",
                why="a CI job token may read too little of GitLab's API to mirror a project",
            )
        return checked

    def _refuse_unknown(self, shown_key: str, key: str, known: Collection[str]) -> NoReturn:
        near = similar(key, tuple(known))
        suggestion = f"Did you mean {near[0]}? " if near else ""
        if any(word in key.casefold() for word in _SECRET_KEYS):
            suggestion = _HINT_OF_EMBEDDING if "api_key_env" in known else _HINT_OF_INSTANCES
        raise ConfigInvalid(
            f"{self._source}: {single_line(shown_key)} is no setting.",
            suggestion=f"{suggestion}Known here: {', '.join(known)}.",
            actions=["lore config keys"],
            details={"source": self._source, "key": shown_key, "expected": list(known)},
        )

    def _refuse(self, shown_key: str, value: object, expected: str, *, why: str = "") -> NoReturn:
        shown, reason = _shown(shown_key, value), f" ({why})" if why else ""
        raise ConfigInvalid(
            f"{self._source}: {single_line(shown_key)} = {shown} is not usable{reason}.",
            suggestion=f"It takes {expected}.",
            actions=["lore config keys"],
            details={"source": self._source, "key": shown_key, "value": shown, "expected": expected},
        )


def _shown(key: str, value: object) -> str:
    """The value as a complaint may repeat it: short, harmless, and without anything secret."""
    if any(word in key.rpartition(".")[2] for word in _SECRET_KEYS) and isinstance(value, str):
        return value if value.isidentifier() and value.isupper() else HIDDEN
    text = "true" if value is True else "false" if value is False else repr(value)
    return single_line(redact(text))[:_SHOWN_CHARS]


def describe(file: Path) -> str:
    """A file as complaints name it."""
    return single_line(str(file))
