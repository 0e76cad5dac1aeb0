"""What every key of the configuration is for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from entrypoints.config_keys import INSTANCE, TABLES, TOP, Keys
from entrypoints.settings import EmbeddingSettings, SyncSettings, WhoSettings

_INSTANCES = "instances"
_SETTINGS = {"sync": SyncSettings(), "embedding": EmbeddingSettings(), "who": WhoSettings()}
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "default_project": "The project that is meant where one is needed and no checkout tells it.",
        "instances.name": "What you call this GitLab.",
        "instances.url": "Where it is; a path, as in https://host/gitlab, belongs to it.",
        "instances.token_env": "The variable that holds its token. No token stands in this file.",
        "instances.token_file": "The file that holds its token, where the variable is not set.",
        "instances.token_command": "The command that prints its token, where neither of these has one; the last place "
        "is what `lore token set` kept.",
        "instances.username": "Whose work `lore me` shows.",
        "instances.projects": "What is synced.",
        "instances.groups": "Every project below them is synced, found anew each time.",
        "instances.ca_file": "The certificates of the authority that signed its certificate.",
        "sync.requests_per_second": "The most that GitLab is asked; without it, what its answers allow.",
        "sync.concurrency": "So many requests are under way at once.",
        "sync.stale_lock_minutes": "A lock of another machine that shows no life for so long is taken over.",
        "sync.reconcile_days": "After so many days a sync also looks for what was deleted or changed without a trace.",
        "sync.fetch_resource_events": "Whether to fetch who changed states, labels and milestones.",
        "sync.fetch_diffs": "Whether to fetch which files merge requests change.",
        "sync.fetch_work_item_status": "Whether to fetch the status of issues.",
        "embedding.provider": "What gives texts their meaning, for search: the model inside lore, an Ollama, any "
        "server with OpenAI's POST /embeddings, or nothing.",
        "embedding.model": "The server's model, which ollama and openai need; another one embeds everything anew.",
        "embedding.base_url": "Where the server is; without it, Ollama on this machine, or OpenAI.",
        "embedding.api_key_env": "The variable that holds the server's key. No key stands in this file.",
        "embedding.dimensions": "What the server is asked for; without it, what its model has, which costs each run of "
        "`lore embed` one more word.",
        "embedding.timeout_seconds": "How long one answer may take; a search waits 20 s at most.",
        "embedding.query_prefix": "What the model wants before a query; without it, what it is known to want.",
        "embedding.document_prefix": "What the model wants before a passage; another one embeds everything anew.",
        "who.weights": "What counts how much in `lore who PATH`, as --weight takes it.",
        "who.exclude": "People whom `lore who PATH` leaves out, as --exclude does.",
        "storage.database_url": "Where the store is.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDoc:
    key: str
    meaning: str
    takes: str
    default: object


def setting_docs() -> Iterator[SettingDoc]:
    """Of every key once, by its dotted name; those of `instances` may stand for each GitLab."""
    yield from _docs("", TOP)
    yield from _docs(f"{_INSTANCES}.", INSTANCE)
    for name, keys in TABLES.items():
        yield from _docs(f"{name}.", keys)


def _docs(prefix: str, keys: Keys) -> Iterator[SettingDoc]:
    defaults = _SETTINGS.get(prefix.removesuffix("."))
    for name, value in keys.items():
        key = f"{prefix}{name}"
        yield SettingDoc(key=key, meaning=MEANINGS[key], takes=value.expected, default=getattr(defaults, name, None))
