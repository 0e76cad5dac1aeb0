"""The command over a whole sync in memory: a GitLab, a store, and a configuration that names both."""

from collections.abc import Mapping
from pathlib import Path

from adapters.memory.blame import MemoryBlame
from adapters.memory.document_sources import MemoryDocumentSources
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.private_files import MemoryPrivateFiles
from adapters.memory.process_identity import MemoryProcessIdentity
from adapters.memory.project_registry import MemoryProjectRegistry
from adapters.memory.store_health import MemoryStoreHealth
from adapters.memory.store_schema import MemoryStoreSchema
from adapters.memory.tokens import MemoryTokens
from cli_runs import Lore
from contracts import builders
from sync_house import BASE_URL, INSTANCE, SyncHouse

TOKEN = "glpat-0123456789abcdefghij"
CONFIG = f"""
[[instances]]
name = "{INSTANCE}"
url = "{BASE_URL}"
projects = ["group/project"]
"""


class CliHouse:
    """`lore` is the command; `house` holds what it works on."""

    def __init__(self, folder: Path, config: str = CONFIG, environ: Mapping[str, str] | None = None) -> None:
        self.house = SyncHouse()
        self.files = MemoryPrivateFiles()
        self.tokens = MemoryTokens(**{INSTANCE: TOKEN})
        self.schema = MemoryStoreSchema("0002")
        self.health = MemoryStoreHealth()
        self.embedder = MemoryEmbedder()
        self.health.covered = (builders.covered(self.embedder.space, embedded=1),)
        self.blame = MemoryBlame()
        self.config = folder / "config.toml"
        if config:
            self.config.write_text(config)
        self.lore = Lore({"LORE_CONFIG": str(self.config), **(environ or {})}, **self._adapters())

    def _adapters(self) -> dict[str, object]:
        house = self.house
        return {
            "blame": self.blame,
            "cancellation": house.cancellation,
            "clock": house.clock,
            "document_sources": MemoryDocumentSources(house.store),
            "embedder": self.embedder,
            "embedding": house.embedding,
            "gitlabs": house.gitlabs,
            "health": self.health,
            "identifiers": house.identifiers,
            "ledger": house.ledger,
            "locks": house.locks,
            "private_files": self.files,
            "process": MemoryProcessIdentity(),
            "registry": MemoryProjectRegistry(house.store, house.locks),
            "schema": self.schema,
            "store": house.store,
            "tokens": self.tokens,
            "workers": house.workers,
        }
