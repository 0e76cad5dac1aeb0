"""What a user may set, once read and checked; `settings_loading` makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from domain.addresses import Site, read_site
from domain.errors import ConfigInvalid, ConfigNotFound

Provider = Literal["builtin", "ollama", "openai", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceSettings:
    """One GitLab. Its token is never part of the settings, only where to find it."""

    name: str
    url: str
    """Normalised: no slash at the end, a relative root kept."""
    token_env: str | None = None
    token_file: Path | None = None
    token_command: tuple[str, ...] | None = None
    username: str | None = None
    projects: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    ca_file: Path | None = None

    @property
    def site(self) -> Site:
        return read_site(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncSettings:
    requests_per_second: float | None = None
    """A ceiling; None: learned from the server (sync.md rule 9)."""
    concurrency: int = 8
    stale_lock_minutes: int = 10
    reconcile_days: int = 7
    fetch_resource_events: bool = True
    fetch_diffs: bool = True
    fetch_work_item_status: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSettings:
    provider: Provider = "builtin"
    model: str | None = None
    """Needed by ollama and openai; the built-in embedder has one of its own."""
    base_url: str | None = None
    """None: Ollama on this machine, or OpenAI."""
    api_key_env: str | None = None
    """The name of the variable that holds the key; the key itself is never part of the settings."""
    dimensions: int | None = None
    """What the server is asked for; None: what its model has, which costs each process the embedding of one word."""
    timeout_seconds: float = 120.0
    query_prefix: str | None = None
    """What the model wants before every query; None: what it is known to want, empty: nothing."""
    document_prefix: str | None = None
    """The same for every passage; another one is another space, so that everything is embedded again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoSettings:
    """How `lore who` ranks experts, where its options do not say otherwise."""

    weights: tuple[str, ...] = ()
    """As `--weight` takes them."""
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSettings:
    database_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    config_file: Path
    config_exists: bool
    data_folder: Path
    """Where locks and the like lie: beside the store."""
    storage: StorageSettings
    instances: tuple[InstanceSettings, ...] = ()
    sync: SyncSettings = SyncSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    who: WhoSettings = WhoSettings()
    default_project: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each setting that is not the default comes from, by dotted name: a flag, a variable, or the file."""

    @property
    def store_file(self) -> Path:
        return Path(self.storage.database_url.removeprefix("sqlite:///"))

    @property
    def lock_folder(self) -> Path:
        return self.data_folder / "locks"

    def instance(self, name: str) -> InstanceSettings:
        for instance in self.configured_instances():
            if instance.name == name:
                return instance
        names = ", ".join(instance.name for instance in self.instances)
        raise ConfigInvalid(f"No instance is called {name}.", suggestion=f"The configured ones: {names}.")

    def configured_instances(self) -> tuple[InstanceSettings, ...]:
        """All instances; it is an error that there is none."""
        if self.instances:
            return self.instances
        if not self.config_exists:
            raise ConfigNotFound(
                f"There is no configuration at {self.config_file}.",
                suggestion="Set lore up, or try it on the built-in sample first.",
                actions=["lore init", "lore demo"],
            )
        raise ConfigInvalid(
            f"{self.config_file} names no GitLab.",
            suggestion="Add an [[instances]] table with name, url and projects.",
            actions=["lore init"],
        )

    def warnings(self) -> tuple[str, ...]:
        """What is allowed, but dangerous."""
        warned = [
            f"{instance.name} is reached by http://, so its token travels unencrypted to {instance.site.host}."
            for instance in self.instances
            if _is_exposed(instance.site)
        ]
        if self.embedding.base_url is not None and _is_exposed(embeds_at := read_site(self.embedding.base_url)):
            warned.append(f"Texts travel unencrypted to the embedding server at {embeds_at.host}.")
        return tuple(warned)


def _is_exposed(site: Site) -> bool:
    return site.scheme == "http" and not is_loopback(site.host)


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    return host in {"localhost", "[::1]", "::1"} or host.endswith(".localhost") or _is_loopback_v4(host)


def _is_loopback_v4(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and parts[0] == "127" and all(part.isdigit() for part in parts)  # noqa: PLR2004 - IPv4
