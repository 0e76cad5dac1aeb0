"""Every key of the configuration file and what it takes (spec/cli.md, Configuration)."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from domain.errors import UsageError
from entrypoints.config_values import (
    Unfit,
    Value,
    flag,
    group_path,
    list_of,
    number,
    one_of,
    prefix,
    project_path,
    site_url,
    text,
    variable_name,
    whole,
    words,
)

Keys = Mapping[str, Value]


def _file() -> Value:
    inner = text("the path of a file")

    def read(value: Any) -> Path:
        path = Path(str(inner.read(value)))
        return path.expanduser() if str(path).startswith("~") else path

    return Value(inner.expected, read)


def _database() -> Value:
    expected = "sqlite:/// and the path of a file; other kinds of database are not built yet"

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.isprintable():
            raise Unfit
        scheme, separator, path = value.partition(":///")
        if scheme != "sqlite" or not separator or not path.strip("/") or set("?#") & set(path):
            raise Unfit
        return f"sqlite:///{Path(path).expanduser()}"

    return Value(expected, read)


def _weight() -> Value:
    def read(value: Any) -> str:
        from domain.score_settings import score_rules  # noqa: PLC0415 - needed only by who sets a weight

        written = str(text("").read(value))
        try:
            score_rules([written])
        except UsageError as error:
            raise Unfit(f"{error.message} {error.suggestion}") from error
        return written

    return Value("NAME=POINTS or NAME=POINTS/HALF_LIFE_DAYS, such as authored=25/180", read)


def _username() -> Value:
    return text("a username without @", r"[A-Za-z0-9_.-]+")


TOP: Keys = MappingProxyType({"default_project": project_path()})

INSTANCE: Keys = MappingProxyType(
    {
        "name": text("a short name of letters, digits, '.', '_' and '-'", r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
        "url": site_url(),
        "token_env": variable_name(),
        "token_file": _file(),
        "token_command": words(),
        "username": _username(),
        "projects": list_of(project_path()),
        "groups": list_of(group_path()),
        "ca_file": _file(),
    }
)
INSTANCE_NEEDS = ("name", "url")

SERVED: Mapping[str, str] = MappingProxyType({"ollama": "nomic-embed-text", "openai": "text-embedding-3-small"})
"""The providers of embeddings that are servers, each with a model that it is known to have."""

TABLES: Mapping[str, Keys] = MappingProxyType(
    {
        "sync": MappingProxyType(
            {
                "requests_per_second": number(0.1, 1000),
                "concurrency": whole(1, 32),
                "stale_lock_minutes": whole(1, 1440),
                "reconcile_days": whole(1, 3650),
                "fetch_resource_events": flag(),
                "fetch_diffs": flag(),
                "fetch_work_item_status": flag(),
            }
        ),
        "embedding": MappingProxyType(
            {
                "provider": one_of("builtin", "ollama", "openai", "none"),
                "model": text("the name of a model"),
                "base_url": site_url("the address of an embedding server, such as http://127.0.0.1:11434"),
                "api_key_env": variable_name(),
                "dimensions": whole(1, 16_384),
                "timeout_seconds": number(0.1, 3600),
                "query_prefix": prefix(),
                "document_prefix": prefix(),
            }
        ),
        "who": MappingProxyType({"weights": list_of(_weight()), "exclude": list_of(_username())}),
        "storage": MappingProxyType({"database_url": _database()}),
    }
)
"""The tables that stand once in a file, each with its keys; `[[instances]]` stands as often as there are GitLabs."""
