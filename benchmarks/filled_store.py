"""A store that holds a corpus, synced from a sample GitLab and embedded: what other benchmarks begin with."""

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.served_corpus import TOKEN, served

from adapters.memory.progress import MemoryProgress
from application.sync.commands import NamedOnInstance, SyncProjects
from entrypoints.container import Surroundings, open_container
from entrypoints.settings import InstanceSettings, Settings, StorageSettings

NOWHERE = "http://127.0.0.1:1"
"""Where a GitLab is that nobody is to ask."""


def settings_for(database: Path, url: str, projects: Sequence[str]) -> Settings:
    return Settings(
        config_file=database.with_suffix(".toml"),
        config_exists=True,
        data_folder=database.parent,
        storage=StorageSettings(database_url=f"sqlite:///{database}"),
        instances=(InstanceSettings(name="corpus", url=url, projects=tuple(projects)),),
    )


def fill(corpus: Path, database: Path) -> None:
    """A store that is there already is embedded to its end only."""
    paths = [json.loads(file.read_text())["path_with_namespace"] for file in corpus.glob("projects/*/project.json")]
    surroundings = Surroundings(environ={"GITLAB_TOKEN": TOKEN}, progress=MemoryProgress())
    if not database.exists():
        with (
            served(corpus, 0) as server,
            open_container(settings_for(database, server.url, paths), surroundings) as box,
        ):
            named = [NamedOnInstance(instance="corpus", base_url=server.url, path=path) for path in sorted(paths)]
            box.standard_sync()(SyncProjects(projects=tuple(named)))
    with open_container(settings_for(database, NOWHERE, paths), surroundings) as box:
        print(corpus.name, box.embedding().embed(None, wait_ms=0), flush=True)
