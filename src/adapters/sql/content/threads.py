"""The discussions of an item and their notes as rows (sync.md rule 5)."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Integer, bindparam, select, update

from adapters.sql.content.known import Known
from adapters.sql.content.note_changes import PLACED, NoteChanges, compare_notes
from adapters.sql.content.people import People
from adapters.sql.content.references import References
from adapters.sql.item_tables import TABLES
from adapters.sql.note_rows import FIELDS
from adapters.sql.prepared import Prepared, Row, among, inserting, inserting_for_key
from adapters.sql.schema import discussions, notes
from domain.entities import Discussion, User
from domain.references import FoundReference
from domain.refs import EntityRef, SourceKey, SourceType

_ITEM_ID = bindparam("item_id", type_=Integer)
_THREADS = {
    kind: Prepared(
        select(discussions.c.id, discussions.c.gitlab_id, discussions.c.individual_note, discussions.c.deleted_at)
        .where(discussions.c[tables.key] == _ITEM_ID)
        .order_by(discussions.c.id)
    )
    for kind, tables in TABLES.items()
}
_NOTES = {
    kind: Prepared(select(notes).join_from(discussions, notes).where(discussions.c[tables.key] == _ITEM_ID))
    for kind, tables in TABLES.items()
}
_LIVING = {
    kind: Prepared(
        select(discussions.c.gitlab_id).where(discussions.c[tables.key] == _ITEM_ID, discussions.c.deleted_at.is_(None))
    )
    for kind, tables in TABLES.items()
}
_INSERT_THREAD = inserting_for_key(discussions)
_THIS_THREAD = update(discussions).where(discussions.c.id == bindparam("key"))
_CHANGE_THREAD = Prepared(
    _THIS_THREAD.values(individual_note=bindparam("individual_note"), deleted_at=bindparam("deleted_at"))
)
_BURY_THREAD = Prepared(_THIS_THREAD.values(deleted_at=bindparam("deleted_at")))
_INSERT_NOTE = inserting(notes)
_THIS_NOTE = update(notes).where(notes.c.id == bindparam("key"))
_CHANGE_NOTE = Prepared(_THIS_NOTE.values({name: bindparam(name) for name in (*PLACED, *FIELDS)}))
_BURY_NOTE = Prepared(_THIS_NOTE.values(deleted_at=bindparam("deleted_at")))


_NOTE_IDS = Prepared(
    select(notes.c.id, notes.c.gitlab_id).where(among(notes.c.discussion_id, "threads"), notes.c.deleted_at.is_(None))
)


class Threads:
    def __init__(self, known: Known, people: People, references: References) -> None:
        self._known = known
        self._connection = known.connection
        self._people = people
        self._references = references

    def living(self, ref: EntityRef) -> frozenset[str]:
        """GitLab ids."""
        item_id = self._known.find_item(ref)
        return frozenset(_LIVING[ref.kind].run(self._connection, item_id=item_id).scalars())

    def put(
        self,
        ref: EntityRef,
        answered: Iterable[Discussion],
        *,
        seen_at: int,
        sweep: Collection[str] | None,
        references: Sequence[tuple[int, FoundReference]],
    ) -> tuple[SourceKey, ...]:
        """Returns the keys of the threads whose documents show something else now."""
        answer = {thread.gitlab_id: thread for thread in answered}
        item_id = self._known.item_id(ref)
        stored = {row.gitlab_id: row for row in _THREADS[ref.kind].run(self._connection, item_id=item_id)}
        old = {row.gitlab_id: row for row in _NOTES[ref.kind].run(self._connection, item_id=item_id)} if stored else {}
        swept = _swept(stored, answer, sweep)
        _BURY_THREAD.each(self._connection, ({"key": key, "deleted_at": seen_at} for key in swept))
        keys = {name: self._write(ref, thread, stored.get(name)) for name, thread in answer.items()}
        people = self._people.ids(ref.project_id, _people_of(answer))
        changes = compare_notes({keys[name]: thread.notes for name, thread in answer.items()}, old, swept, people)
        self._write_notes(ref, changes, seen_at)
        if old or references:
            self._write_references(ref, answer, {*keys.values(), *swept}, references)
        return tuple(SourceKey(SourceType.DISCUSSION, key) for key in changes.touched)

    def _write(self, ref: EntityRef, thread: Discussion, old: Row | None) -> int:
        if old is None:
            row = dict.fromkeys(_ITEM_KEYS) | {TABLES[ref.kind].key: self._known.item_id(ref)}
            inserted = _INSERT_THREAD.run(
                self._connection,
                project_id=ref.project_id,
                gitlab_id=thread.gitlab_id,
                individual_note=thread.individual_note,
                deleted_at=None,
                **row,
            )
            return int(inserted.scalar())
        if old.deleted_at is not None or old.individual_note != thread.individual_note:
            _CHANGE_THREAD.run(self._connection, key=old.id, individual_note=thread.individual_note, deleted_at=None)
        return int(old.id)

    def _write_notes(self, ref: EntityRef, changes: NoteChanges, seen_at: int) -> None:
        _INSERT_NOTE.each(self._connection, (row | {"project_id": ref.project_id} for row in changes.new))
        _CHANGE_NOTE.each(self._connection, changes.changed)
        _BURY_NOTE.each(self._connection, ({"key": key, "deleted_at": seen_at} for key in changes.gone))

    def _write_references(
        self,
        ref: EntityRef,
        answer: Mapping[str, Discussion],
        threads: Collection[int],
        references: Sequence[tuple[int, FoundReference]],
    ) -> None:
        ids = {row.gitlab_id: row.id for row in _NOTE_IDS.run(self._connection, threads=json.dumps(list(threads)))}
        by_id = {note.gitlab_id: note for thread in answer.values() for note in thread.notes}
        found = ((ids[number], by_id[number], one) for number, one in references if number in by_id)
        self._references.put_of_notes(ref, threads, found)


_ITEM_KEYS = tuple(tables.key for tables in TABLES.values())


def _swept(stored: Mapping[str, Row], answer: Collection[str], sweep: Collection[str] | None) -> list[int]:
    """Local keys of the living threads that are gone."""
    return [
        row.id
        for name, row in stored.items()
        if row.deleted_at is None and name not in answer and (sweep is None or name in sweep)
    ]


def _people_of(answer: Mapping[str, Discussion]) -> Iterable[User | None]:
    for thread in answer.values():
        for note in thread.notes:
            yield note.author
            yield note.resolved_by
