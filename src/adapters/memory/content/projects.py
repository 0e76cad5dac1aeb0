"""The projects of the store in memory."""

from dataclasses import replace

from adapters.memory.content.tables import ProjectRow, Tables
from application.ports.content_store import StoredProject
from domain.entities import Project
from domain.refs import ProjectId


class MemoryProjects:
    """Port `Projects`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def register(self, instance: str, base_url: str, project: Project, *, in_standard_sync: bool) -> StoredProject:
        self._tables.instances[instance] = base_url
        old = self._by_gitlab_id(instance, project.gitlab_id)
        stored = StoredProject(
            project_id=old.stored.project_id if old else ProjectId(self._tables.new_id("projects")),
            instance=instance,
            gitlab_id=project.gitlab_id,
            path=project.path,
            in_standard_sync=in_standard_sync or (old is not None and old.stored.in_standard_sync),
        )
        self._tables.paths[instance, project.path] = stored.project_id
        row = ProjectRow(stored=stored, project=project)
        self._tables.projects[stored.project_id] = (
            replace(row, synced_at=old.synced_at, reconciled_at=old.reconciled_at) if old else row
        )
        return stored

    def web_url(self, instance: str, gitlab_id: int) -> str | None:
        row = self._by_gitlab_id(instance, gitlab_id)
        return None if row is None else row.project.web_url

    def find(self, instance: str, path: str) -> StoredProject | None:
        project_id = self._tables.paths.get((instance, path))
        return None if project_id is None else self._tables.projects[project_id].stored

    def _by_gitlab_id(self, instance: str, gitlab_id: int) -> ProjectRow | None:
        rows = self._tables.projects.values()
        return next((row for row in rows if (row.stored.instance, row.stored.gitlab_id) == (instance, gitlab_id)), None)
