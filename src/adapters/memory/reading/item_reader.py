"""Port `ItemReader`, over the tables of a store in memory."""

from collections.abc import Iterator

from adapters.memory.content.tables import ItemRow
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.reading.living import living_item, living_items, living_threads, path_of, same_name, tables_of
from adapters.memory.reading.references import references_from, references_to
from application.ports.item_reader import (
    ItemFilter,
    ItemOrder,
    ItemPosition,
    ItemSlice,
    KnownProject,
    ReadItem,
    ReadReference,
)
from domain.entities import DependentRecord, Entity, Issue, MergeRequest
from domain.refs import DependentKind, EntityRef, dependents_of


class MemoryItemReader:
    def __init__(self, store: MemoryContentStore) -> None:
        self._store = store

    def projects(self) -> tuple[KnownProject, ...]:
        rows = [
            KnownProject(
                project_id=project_id,
                instance=row.stored.instance,
                path=row.stored.path,
                synced_at=row.synced_at,
                in_standard_sync=row.stored.in_standard_sync,
            )
            for project_id, row in tables_of(self._store).projects.items()
        ]
        return tuple(sorted(rows, key=lambda row: row.path))

    def slice(self, chosen: ItemFilter, order: ItemOrder, *, limit: int, after: ItemPosition | None) -> ItemSlice:
        def place(row: ItemRow) -> tuple[int | str, int]:
            return getattr(row.entity, order.field), row.source.source_id

        tables = tables_of(self._store)
        fitting = {row.source: (ref, row) for ref, row in living_items(tables) if _fits(chosen, ref, row.entity)}
        rows = sorted((row for _, row in fitting.values()), key=place, reverse=not order.ascending)
        if after is not None:
            mark = (after.value, after.key)
            rows = [row for row in rows if (place(row) > mark if order.ascending else place(row) < mark)]
        shown = rows[:limit]
        last = place(shown[-1]) if len(rows) > limit and shown else None
        return ItemSlice(
            items=tuple(self._read(*fitting[row.source]) for row in shown),
            total=len(fitting),
            last=None if last is None else ItemPosition(value=last[0], key=last[1]),
        )

    def find(self, ref: EntityRef) -> ReadItem | None:
        row = living_item(tables_of(self._store), ref)
        return None if row is None else self._read(ref, row)

    def records(self, ref: EntityRef, dependent: DependentKind) -> tuple[DependentRecord, ...]:
        tables = tables_of(self._store)
        if living_item(tables, ref) is None:
            return ()
        if dependent is not DependentKind.DISCUSSIONS:
            return tables.sets.get((ref, dependent), ())
        threads = [thread.discussion for thread in living_threads(tables, ref)]
        return tuple(sorted(threads, key=lambda thread: (thread.notes[0].created_at, thread.notes[0].gitlab_id)))

    def fetched_sets(self, ref: EntityRef) -> dict[DependentKind, int]:
        states = tables_of(self._store).set_states
        found = {kind: states.get((ref, kind)) for kind in dependents_of(ref.kind)}
        return {
            kind: state.fetch_started_at
            for kind, state in found.items()
            if state is not None and state.fetch_started_at is not None
        }

    def references_from(self, ref: EntityRef) -> tuple[ReadReference, ...]:
        return references_from(tables_of(self._store), ref)

    def references_to(self, ref: EntityRef) -> tuple[ReadReference, ...]:
        return references_to(tables_of(self._store), ref)

    def _read(self, ref: EntityRef, row: ItemRow) -> ReadItem:
        return ReadItem(ref=ref, project_path=path_of(tables_of(self._store), ref), entity=row.entity)


def _fits(chosen: ItemFilter, ref: EntityRef, entity: Entity) -> bool:
    return ref.kind is chosen.kind and all(_conditions(chosen, ref, entity))


def _conditions(chosen: ItemFilter, ref: EntityRef, entity: Entity) -> Iterator[bool]:
    yield chosen.project_ids is None or ref.project_id in chosen.project_ids
    yield chosen.state in {None, entity.state}
    yield chosen.updated_since is None or entity.updated_at >= chosen.updated_since
    yield chosen.updated_until is None or entity.updated_at <= chosen.updated_until
    yield chosen.author is None or same_name(chosen.author, entity.author.username)
    yield chosen.assignee is None or any(same_name(chosen.assignee, user.username) for user in entity.assignees)
    yield all(any(same_name(wanted, label) for label in entity.labels) for wanted in chosen.labels)
    if chosen.milestone is not None:
        yield entity.milestone is not None and same_name(chosen.milestone, entity.milestone.title)
    if isinstance(entity, Issue):
        yield chosen.due_before is None or (entity.due_date is not None and entity.due_date < chosen.due_before)
        yield not chosen.has_due or entity.due_date is not None
    else:
        yield from _of_merge_requests(chosen, entity)


def _of_merge_requests(chosen: ItemFilter, entity: MergeRequest) -> Iterator[bool]:
    yield chosen.reviewer is None or any(same_name(chosen.reviewer, user.username) for user in entity.reviewers)
    yield chosen.draft in {None, entity.draft}
    yield chosen.source_branch in {None, entity.source_branch}
    yield chosen.target_branch in {None, entity.target_branch}
