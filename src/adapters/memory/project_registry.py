"""The projects of the store in memory."""

from collections.abc import Mapping
from dataclasses import replace

from adapters.memory.content.tables import ItemRow, ProjectRow, Tables, ThreadRow
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.locks import MemoryLocks
from application.ports.locks import Lease
from application.ports.project_registry import RegisteredProject
from domain.refs import EntityKind, EntityRef, ProjectId


class MemoryProjectRegistry:
    """Port `ProjectRegistry`, over the tables of a store in memory."""

    def __init__(self, store: MemoryContentStore, locks: MemoryLocks) -> None:
        self._store = store
        self._locks = locks

    @property
    def _tables(self) -> Tables:
        return self._store._tables  # noqa: SLF001 - both are one store, seen from two ports

    def projects(self) -> tuple[RegisteredProject, ...]:
        rows = [self._shown(row) for row in self._tables.projects.values()]
        return tuple(sorted(rows, key=lambda row: (row.path, row.instance)))

    def _shown(self, row: ProjectRow) -> RegisteredProject:
        stored, tables = row.stored, self._tables
        items = [item for ref, item in tables.items.items() if ref.project_id == stored.project_id]
        threads = [found for ref, found in tables.threads.items() if ref.project_id == stored.project_id]
        paths = [path for (_instance, path), owner in tables.paths.items() if owner == stored.project_id]
        return RegisteredProject(
            project_id=stored.project_id,
            instance=stored.instance,
            path=stored.path,
            web_url=row.project.web_url,
            in_standard_sync=stored.in_standard_sync,
            issues=_living(items, EntityKind.ISSUE),
            merge_requests=_living(items, EntityKind.MERGE_REQUEST),
            notes=sum(_living_notes(found) for found in threads),
            aliases=tuple(path for path in paths if path != stored.path),
        )

    def forget(self, lease: Lease, project_id: ProjectId) -> None:
        self._locks.check(lease)
        self._store._tables = _without(self._tables, project_id)  # noqa: SLF001 - as above


def _living(items: list[ItemRow], kind: EntityKind) -> int:
    return sum(item.entity.kind is kind and item.deleted_at is None for item in items)


def _living_notes(threads: Mapping[str, ThreadRow]) -> int:
    living = [thread.discussion for thread in threads.values() if thread.deleted_at is None]
    return sum(not note.system for discussion in living for note in discussion.notes)


def _without(tables: Tables, gone: ProjectId) -> Tables:
    def below(ref: EntityRef) -> bool:
        return ref.project_id == gone

    sources = {key for key, ref in tables.item_keys.items() if below(ref)}
    sources |= {key for key, (ref, _discussion) in tables.thread_keys.items() if below(ref)}
    by_item = ("items", "threads", "note_references")
    by_set = ("sets", "set_states", "payloads", "jobs")
    by_source = ("item_keys", "thread_keys", "dirty", "documents")
    kept = {name: {ref: row for ref, row in getattr(tables, name).items() if not below(ref)} for name in by_item}
    kept |= {name: {key: row for key, row in getattr(tables, name).items() if not below(key[0])} for name in by_set}
    kept |= {name: {key: row for key, row in getattr(tables, name).items() if key not in sources} for name in by_source}
    return replace(
        tables.copy(),
        projects={key: row for key, row in tables.projects.items() if key != gone},
        paths={name: key for name, key in tables.paths.items() if key != gone},
        cursors={key: cursor for key, cursor in tables.cursors.items() if key[0] != gone},
        quarantine={key: row for key, row in tables.quarantine.items() if row.project_id != gone},
        **kept,
    )
