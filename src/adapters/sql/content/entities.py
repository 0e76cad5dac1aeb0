"""Issues and merge requests as rows."""

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, select

from adapters.sql.content.item_rows import people_of, row_of
from adapters.sql.content.item_statements import STATEMENTS
from adapters.sql.content.known import Known
from adapters.sql.content.moving import move_items
from adapters.sql.content.names import Names
from adapters.sql.content.payloads import Payloads
from adapters.sql.content.people import People
from adapters.sql.content.references import References
from adapters.sql.content.set_states import SetStates
from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, Row
from application.ports.content_store import Change, StoredEntity, Written
from domain.entities import Entity, Fetched, User
from domain.references import FoundReference
from domain.refs import EntityKind, EntityRef, ProjectId, SourceKey, SourceType

_LIVING_IIDS = {
    kind: Prepared(
        select(tables.item.c.iid).where(
            tables.item.c.project_id == bindparam("project_id"), tables.item.c.deleted_at.is_(None)
        )
    )
    for kind, tables in TABLES.items()
}
_SHOWN_IN_THREADS = ("title", "state", "web_url")

Places = dict[str, dict[str, int]]
"""For each field that holds people: the place of everybody's local key."""


class SqlEntities:
    """Port `Entities`."""

    def __init__(self, known: Known, people: People, references: References, sets: SetStates) -> None:
        self._known = known
        self._connection = known.connection
        self._people = people
        self._names = Names(known)
        self._payloads = Payloads(known.connection)
        self._references = references
        self._sets = sets

    def get(self, ref: EntityRef) -> StoredEntity | None:
        row = STATEMENTS[ref.kind].brief.run(self._connection, project_id=ref.project_id, iid=ref.iid).first()
        if row is None:
            self._known.absent.add(ref)
            return None
        self._known.item_ids[ref] = row.id
        return StoredEntity(
            source=SourceKey(TABLES[ref.kind].source_type, row.id),
            gitlab_id=row.gitlab_id,
            updated_at=row.updated_at,
            last_seen_at=row.last_seen_at,
            deleted_at=row.deleted_at,
        )

    def put(self, project_id: ProjectId, fetched: Fetched[Entity], references: Sequence[FoundReference]) -> Written:
        entity = fetched.value
        ref = EntityRef(project_id, entity.kind, entity.iid)
        people = self._people.ids(project_id, people_of(entity))
        row = row_of(entity, people, self._names.milestone_id(project_id, entity.milestone))
        row["last_seen_at"], row["deleted_at"] = fetched.requested_at, None
        places = _places(ref, entity, people)
        old = self._old(ref)
        written = self._create(ref, entity, row, places) if old is None else self._update(ref, entity, row, places, old)
        self._payloads.put(ref, "", fetched.payload, fetched.requested_at)
        self._references.put_of_item(ref, entity, references, is_new=old is None)
        return written

    def move(self, project_id: ProjectId, former: str, present: str) -> tuple[SourceKey, ...]:
        return tuple(move_items(self._connection, project_id, former, present))

    def living_iids(self, project_id: ProjectId, kind: EntityKind) -> frozenset[int]:
        return frozenset(_LIVING_IIDS[kind].run(self._connection, project_id=project_id).scalars())

    def bury(self, ref: EntityRef, *, deleted_at: int) -> tuple[SourceKey, ...]:
        stored = self.get(ref)
        if stored is None or stored.deleted_at is not None:
            return ()
        gone = (stored.source, *self._living_threads(ref))
        for statement in STATEMENTS[ref.kind].burying:
            statement.run(self._connection, item_id=stored.source.source_id, deleted_at=deleted_at)
        self._sets.unwant(ref)
        self._references.remove_of(ref)
        return gone

    def _old(self, ref: EntityRef) -> Row | None:
        if ref in self._known.absent:
            return None
        return STATEMENTS[ref.kind].whole.run(self._connection, project_id=ref.project_id, iid=ref.iid).first()

    def _create(self, ref: EntityRef, entity: Entity, row: dict[str, object], places: Places) -> Written:
        insert = STATEMENTS[ref.kind].insert
        item_id = insert.run(self._connection, project_id=ref.project_id, **row).scalar()
        self._known.absent.discard(ref)
        self._known.item_ids[ref] = item_id
        self._add_labels(ref, entity.labels)
        self._add_people(ref, places)
        self._sets.want(ref, entity.updated_at, is_new=True)
        return Written(change=Change.CREATED, touched=(self._key(ref),))

    def _update(self, ref: EntityRef, entity: Entity, row: dict[str, object], places: Places, old: Row) -> Written:
        statements = STATEMENTS[ref.kind]
        item_id = self._known.item_ids[ref] = old.id
        labels_differ = set(json.loads(old.labels)) != set(entity.labels)
        moved = {field: now for field, now in places.items() if json.loads(getattr(old, field)) != now}
        differ = {name for name, value in row.items() if getattr(old, name) != value} - {"last_seen_at"}
        if not (differ or labels_differ or moved):
            statements.see.run(self._connection, item_id=item_id, last_seen_at=row["last_seen_at"])
            return Written(change=Change.UNCHANGED, touched=())
        statements.change.run(self._connection, item_id=item_id, **row)
        if labels_differ:
            statements.drop_labels.run(self._connection, item_id=item_id)
            self._add_labels(ref, entity.labels)
        for field in moved:
            statements.drop_people[field].run(self._connection, item_id=item_id)
        self._add_people(ref, moved)
        if not differ.isdisjoint({"updated_at", "deleted_at"}):
            self._sets.want(ref, entity.updated_at, is_new=False)
        shown = labels_differ or not differ.isdisjoint(_SHOWN_IN_THREADS)
        threads = self._living_threads(ref) if shown else ()
        return Written(change=Change.UPDATED, touched=(self._key(ref), *threads))

    def _add_labels(self, ref: EntityRef, titles: Iterable[str]) -> None:
        item_id = self._known.item_ids[ref]
        keys = self._names.label_ids(ref.project_id, titles)
        add = STATEMENTS[ref.kind].add_label
        add.each(self._connection, ({"item_id": item_id, "label_id": key} for key in keys))

    def _add_people(self, ref: EntityRef, places: Places) -> None:
        item_id = self._known.item_ids[ref]
        for field, people in places.items():
            rows = ({"item_id": item_id, "user_id": int(key), "ordinal": place} for key, place in people.items())
            STATEMENTS[ref.kind].add_person[field].each(self._connection, rows)

    def _living_threads(self, ref: EntityRef) -> tuple[SourceKey, ...]:
        found = STATEMENTS[ref.kind].living_threads.run(self._connection, item_id=self._known.item_ids[ref])
        return tuple(SourceKey(SourceType.DISCUSSION, key) for key in found.scalars())

    def _key(self, ref: EntityRef) -> SourceKey:
        return SourceKey(TABLES[ref.kind].source_type, self._known.item_ids[ref])


def _places(ref: EntityRef, entity: Entity, people: Mapping[int, int]) -> Places:
    """As the store's JSON tells them, so that both can be compared."""
    return {field: _numbered(getattr(entity, field), people) for field in TABLES[ref.kind].people}


def _numbered(users: Sequence[User], people: Mapping[int, int]) -> dict[str, int]:
    ordered = dict.fromkeys(str(people[user.gitlab_id]) for user in users)
    return {key: place for place, key in enumerate(ordered)}
