"""Port `StoreFigures`, over the tables of a store in memory."""

from collections import Counter
from collections.abc import Collection

from adapters.memory.content.tables import Tables
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.reading.living import living_items, living_threads, tables_of
from application.ports.store_figures import KINDS, Count, ProjectFigures, StoreSize
from domain.entities import Note
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId, dependents_of

_EVENTS = (DependentKind.STATE_EVENTS, DependentKind.LABEL_EVENTS, DependentKind.MILESTONE_EVENTS)
_SETS = {
    "events": _EVENTS,
    "issue_links": (DependentKind.ISSUE_LINKS,),
    "file_changes": (DependentKind.DIFFS,),
    "commits": (DependentKind.COMMITS,),
}


class MemoryStoreFigures:
    def __init__(self, store: MemoryContentStore) -> None:
        self._store = store

    def projects(self) -> tuple[ProjectFigures, ...]:
        rows = [_figures(tables_of(self._store), project_id) for project_id in tables_of(self._store).projects]
        return tuple(sorted(rows, key=lambda row: (row.path, row.instance)))

    def dirty_sources(self) -> int:
        return len(tables_of(self._store).dirty)

    def counts(self, project_ids: Collection[ProjectId] | None) -> tuple[Count, ...]:
        tables = tables_of(self._store)
        items = {ref for ref, _ in living_items(tables) if project_ids is None or ref.project_id in project_ids}
        totals = Counter[str](dict.fromkeys(KINDS, 0))
        totals["discussions"] = sum(len(living_threads(tables, ref)) for ref in items)
        totals["notes"] = sum(not note.system for ref in items for note in _notes(tables, ref))
        totals["system_notes"] = sum(note.system for ref in items for note in _notes(tables, ref))
        for what, dependents in _SETS.items():
            totals[what] = sum(len(tables.sets.get((ref, one), ())) for ref in items for one in dependents)
        documents = [
            row for row in tables.documents.values() if project_ids is None or row.document.project_id in project_ids
        ]
        totals["documents"] = len(documents)
        totals["chunks"] = sum(len(row.chunks) for row in documents)
        states = Counter((ref.kind.api_name, tables.items[ref].entity.state) for ref in items)
        return tuple(one for kind in KINDS for one in _rows_of(kind, states, totals))

    def size(self) -> StoreSize:
        return StoreSize(bytes=0, pages_free=0)


def _rows_of(what: str, states: Counter[tuple[str, str]], totals: Counter[str]) -> list[Count]:
    by_state = [Count(what=what, state=state, count=count) for (name, state), count in states.items() if name == what]
    if by_state:
        return sorted(by_state, key=lambda one: str(one.state))
    return [Count(what=what, state=None, count=totals[what])]


def _notes(tables: Tables, ref: EntityRef) -> list[Note]:
    return [note for thread in living_threads(tables, ref) for note in thread.discussion.notes]


def _figures(tables: Tables, project_id: ProjectId) -> ProjectFigures:
    row = tables.projects[project_id]
    items = [ref for ref, _ in living_items(tables) if ref.project_id == project_id]
    jobs = [job for (ref, _), job in tables.jobs.items() if ref.project_id == project_id]
    return ProjectFigures(
        project_id=project_id,
        instance=row.stored.instance,
        path=row.stored.path,
        web_url=row.project.web_url,
        in_standard_sync=row.stored.in_standard_sync,
        synced_at=row.synced_at,
        issues=sum(ref.kind is EntityKind.ISSUE for ref in items),
        merge_requests=sum(ref.kind is EntityKind.MERGE_REQUEST for ref in items),
        notes=sum(not note.system for ref in items for note in _notes(tables, ref)),
        cursors=tuple(sorted((kind, at) for (owner, kind), at in tables.cursors.items() if owner == project_id)),
        pending=len(jobs),
        failing=sum(job.attempts > 0 for job in jobs),
        unsettled=sum(_is_unsettled(tables, ref) for ref in items),
        quarantined=sum(kept.project_id == project_id for kept in tables.quarantine.values()),
    )


def _is_unsettled(tables: Tables, ref: EntityRef) -> bool:
    states = [tables.set_states.get((ref, dependent)) for dependent in dependents_of(ref.kind)]
    wanted = tables.items[ref].entity.updated_at
    return any(state is None or state.watermark is None or state.watermark < wanted for state in states)
