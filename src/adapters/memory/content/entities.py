"""The issues and merge requests of the store in memory."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.memory.content.tables import ItemRow, Tables
from application.ports.content_store import Change, StoredEntity, Written
from domain.entities import Entity, Fetched
from domain.references import FoundReference
from domain.refs import EntityKind, EntityRef, ProjectId, SourceKey, SourceType, dependents_of

_TYPES = {EntityKind.ISSUE: SourceType.ISSUE, EntityKind.MERGE_REQUEST: SourceType.MERGE_REQUEST}


class MemoryEntities:
    """Port `Entities`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, ref: EntityRef) -> StoredEntity | None:
        row = self._tables.items.get(ref)
        if row is None:
            return None
        return StoredEntity(
            source=row.source,
            gitlab_id=row.entity.gitlab_id,
            updated_at=row.entity.updated_at,
            last_seen_at=row.fetched.requested_at,
            deleted_at=row.deleted_at,
        )

    def put(self, project_id: ProjectId, fetched: Fetched[Entity], references: Sequence[FoundReference]) -> Written:
        ref = EntityRef(project_id, fetched.value.kind, fetched.value.iid)
        old = self._tables.items.get(ref)
        row = ItemRow(
            source=old.source if old else self._new_key(ref),
            fetched=fetched,
            references=tuple(dict.fromkeys(references)),
        )
        self._tables.items[ref] = row
        self._forget_watermarks(ref, above=row.entity.updated_at)
        if old is None:
            return Written(change=Change.CREATED, touched=(row.source,))
        if old.deleted_at is not None:
            return Written(change=Change.UPDATED, touched=(row.source, *self._living_threads(ref)))
        if old.entity == row.entity:
            return Written(change=Change.UNCHANGED, touched=())
        threads = self._living_threads(ref) if _shown_in_threads(old.entity) != _shown_in_threads(row.entity) else ()
        return Written(change=Change.UPDATED, touched=(row.source, *threads))

    def move(self, project_id: ProjectId, former: str, present: str) -> tuple[SourceKey, ...]:
        touched: list[SourceKey] = []
        for ref, row in [one for one in self._tables.items.items() if one[0].project_id == project_id]:
            touched += self._living_threads(ref)
            if row.entity.web_url.startswith(f"{former}/"):
                moved = replace(row.entity, web_url=present + row.entity.web_url.removeprefix(former))
                self._tables.items[ref] = replace(row, fetched=replace(row.fetched, value=moved))
                touched.append(row.source)
        return tuple(touched)

    def living_iids(self, project_id: ProjectId, kind: EntityKind) -> frozenset[int]:
        return frozenset(
            ref.iid
            for ref, row in self._tables.items.items()
            if (ref.project_id, ref.kind) == (project_id, kind) and row.deleted_at is None
        )

    def bury(self, ref: EntityRef, *, deleted_at: int) -> tuple[SourceKey, ...]:
        row = self._tables.items.get(ref)
        if row is None or row.deleted_at is not None:
            return ()
        gone = (row.source, *self._living_threads(ref))
        self._tables.items[ref] = replace(row, deleted_at=deleted_at)
        threads = self._tables.threads.get(ref, {})
        self._tables.threads[ref] = {
            name: thread if thread.deleted_at is not None else replace(thread, deleted_at=deleted_at)
            for name, thread in threads.items()
        }
        self._tables.note_references.pop(ref, None)
        self._forget_watermarks(ref, above=None)
        return gone

    def _new_key(self, ref: EntityRef) -> SourceKey:
        key = SourceKey(_TYPES[ref.kind], self._tables.new_id(ref.kind.api_name))
        self._tables.item_keys[key] = ref
        return key

    def _living_threads(self, ref: EntityRef) -> tuple[SourceKey, ...]:
        threads = self._tables.threads.get(ref, {}).values()
        return tuple(thread.source for thread in threads if thread.deleted_at is None)

    def _forget_watermarks(self, ref: EntityRef, *, above: int | None) -> None:
        """What was fetched for a later state of the item, or before it was gone, says nothing of what it is now."""
        for dependent in dependents_of(ref.kind):
            state = self._tables.set_states.get((ref, dependent))
            if state is not None and state.watermark is not None and (above is None or state.watermark > above):
                self._tables.set_states[ref, dependent] = replace(state, watermark=None)


def _shown_in_threads(entity: Entity) -> tuple[object, ...]:
    """What a thread's document shows of its item (C2)."""
    return entity.title, entity.state, entity.labels, entity.web_url
