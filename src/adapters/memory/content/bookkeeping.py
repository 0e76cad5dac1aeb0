"""Cursors, dirty sources and quarantine of the store in memory."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from adapters.memory.content.tables import QuarantineRow, Tables
from domain.entities import Rejected
from domain.refs import EntityKind, ProjectId, SourceKey


class MemoryCursors:
    """Port `Cursors`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, project_id: ProjectId, kind: EntityKind) -> int | None:
        return self._tables.cursors.get((project_id, kind))

    def move(self, project_id: ProjectId, kind: EntityKind, cursor: int) -> None:
        self._tables.cursors[project_id, kind] = cursor

    def reset(self, project_ids: Collection[ProjectId]) -> None:
        for project_id in project_ids:
            for kind in EntityKind:
                self._tables.cursors.pop((project_id, kind), None)

    def finish(self, project_id: ProjectId, *, at: int) -> None:
        row = self._tables.projects[project_id]
        reconciled_at = at if row.reconciled_at is None else row.reconciled_at
        self._tables.projects[project_id] = replace(row, synced_at=at, reconciled_at=reconciled_at)

    def reconciled_at(self, project_id: ProjectId) -> int | None:
        return self._tables.projects[project_id].reconciled_at

    def reconcile(self, project_id: ProjectId, *, at: int) -> None:
        self._tables.projects[project_id] = replace(self._tables.projects[project_id], reconciled_at=at)


class MemoryDirtySources:
    """Port `DirtySources`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def mark(self, keys: Iterable[SourceKey], *, queued_at: int) -> None:
        for key in keys:
            self._tables.dirty[key] = max(self._tables.dirty.get(key, queued_at), queued_at)

    def queued_at(self, keys: Collection[SourceKey]) -> dict[SourceKey, int]:
        return {key: self._tables.dirty[key] for key in keys if key in self._tables.dirty}

    def oldest(self, limit: int) -> dict[SourceKey, int]:
        rows = sorted(self._tables.dirty.items(), key=lambda row: (row[1], row[0]))
        return dict(rows[:limit])

    def clear(self, key: SourceKey, *, queued_at: int) -> bool:
        if self._tables.dirty.get(key) != queued_at:
            return False
        del self._tables.dirty[key]
        return True

    def count(self) -> int:
        return len(self._tables.dirty)


class MemoryQuarantine:
    """Port `Quarantine`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, project_id: ProjectId | None, rejected: Rejected, *, at: int) -> None:
        name = (project_id, rejected.record, rejected.gitlab_id or rejected.payload)
        self._tables.quarantine[name] = QuarantineRow(project_id=project_id, rejected=rejected, at=at)

    def release(self, project_id: ProjectId, record: str, gitlab_id: str | None = None) -> None:
        for name, row in list(self._tables.quarantine.items()):
            if (row.project_id, row.rejected.record) == (project_id, record) and (
                gitlab_id in {None, row.rejected.gitlab_id}
            ):
                del self._tables.quarantine[name]

    def release_all(self, project_ids: Collection[ProjectId]) -> None:
        for name, row in list(self._tables.quarantine.items()):
            if row.project_id in project_ids:
                del self._tables.quarantine[name]
