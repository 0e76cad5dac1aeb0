"""Cross references as rows: from descriptions, notes, links, closes and state events (sync.md rule 6).

A target is kept by its path and iid and resolves when it is read; nothing has to be done when it arrives.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select

from adapters.sql.content.known import Known
from adapters.sql.prepared import Prepared, Row, inserting
from adapters.sql.schema import entity_references, notes
from domain.entities import ClosesIssue, DependentRecord, Entity, IssueLink, Note, StateEvent
from domain.references import FoundReference, Relation
from domain.refs import EntityKind, EntityRef

_ALL = entity_references
_OF_ITEM = (_ALL.c.source_kind == bindparam("kind"), _ALL.c.source_entity_id == bindparam("item_id"))
_FIELDS = (
    "source_note_id",
    "target_project_path",
    "target_kind",
    "target_iid",
    "target_gitlab_id",
    "relation",
    "origin",
    "created_at",
)
_VALUES = tuple(_ALL.c[name] for name in _FIELDS)
_OF_ORIGIN = Prepared(select(_ALL.c.id, *_VALUES).where(*_OF_ITEM, _ALL.c.origin == bindparam("origin")))
_OF_NOTES = Prepared(
    select(_ALL.c.id, *_VALUES, notes.c.discussion_id)
    .join_from(_ALL, notes, _ALL.c.source_note_id == notes.c.id)
    .where(*_OF_ITEM)
)
_INSERT = inserting(_ALL)
_REMOVE = Prepared(delete(_ALL).where(_ALL.c.id == bindparam("key")))
_REMOVE_ALL = Prepared(delete(_ALL).where(*_OF_ITEM))

Reference = tuple[Any, ...]
"""The values of `_FIELDS`."""

DESCRIPTION, NOTE, SYSTEM_NOTE = "description", "note", "system_note"
CLOSES_ISSUES, ISSUE_LINK, STATE_EVENT = "closes_issues", "issue_link", "state_event"


class References:
    def __init__(self, known: Known) -> None:
        self._known = known
        self._connection = known.connection

    def put_of_item(self, ref: EntityRef, entity: Entity, found: Iterable[FoundReference], *, is_new: bool) -> None:
        """Replace those of the description."""
        wanted = [_found(one, DESCRIPTION, None, entity.created_at) for one in found]
        self._replace(ref, [] if is_new else self._stored(ref, DESCRIPTION), wanted)

    def put_of_notes(
        self, ref: EntityRef, threads: Collection[int], found: Iterable[tuple[int, Note, FoundReference]]
    ) -> None:
        """Replace those of the notes of these threads; each comes with its note's local key."""
        old = [
            row
            for row in _OF_NOTES.run(self._connection, kind=ref.kind, item_id=self._known.item_id(ref))
            if row.discussion_id in threads
        ]
        wanted = [
            _found(one, SYSTEM_NOTE if note.system else NOTE, note_id, note.created_at) for note_id, note, one in found
        ]
        self._replace(ref, old, wanted)

    def put_of_records(self, ref: EntityRef, records: Sequence[DependentRecord], origin: str) -> None:
        """Replace those that a set of links, closes or state events stands for."""
        wanted = [reference for record in records if (reference := _of_record(record)) is not None]
        self._replace(ref, self._stored(ref, origin), wanted)

    def remove_of(self, ref: EntityRef) -> None:
        _REMOVE_ALL.run(self._connection, kind=ref.kind, item_id=self._known.item_id(ref))

    def _stored(self, ref: EntityRef, origin: str) -> Sequence[Row]:
        item_id = self._known.item_id(ref)
        return list(_OF_ORIGIN.run(self._connection, kind=ref.kind, item_id=item_id, origin=origin))

    def _replace(self, ref: EntityRef, old: Iterable[Row], wanted: Iterable[Reference]) -> None:
        stored = {tuple(row[1 : len(_FIELDS) + 1]): row.id for row in old}
        new = dict.fromkeys(wanted)
        _REMOVE.each(self._connection, ({"key": key} for reference, key in stored.items() if reference not in new))
        source = {
            "project_id": ref.project_id,
            "source_kind": ref.kind,
            "source_entity_id": self._known.item_id(ref),
        }
        missing = (reference for reference in new if reference not in stored)
        _INSERT.each(self._connection, (source | dict(zip(_FIELDS, one, strict=True)) for one in missing))


def _found(found: FoundReference, origin: str, note_id: int | None, created_at: int) -> Reference:
    return (note_id, found.project_path, found.kind, found.iid, None, found.relation, origin, created_at)


def _of_record(record: DependentRecord) -> Reference | None:
    match record:
        case IssueLink():
            relation = Relation.RELATED if record.link_type == "relates_to" else record.link_type
            issue = (record.target_project_path, EntityKind.ISSUE, record.target_iid)
            return (None, *issue, None, relation, ISSUE_LINK, record.created_at)
        case ClosesIssue(target_project_path=str(path), target_iid=int(iid)):
            return (None, path, EntityKind.ISSUE, iid, None, Relation.CLOSES, CLOSES_ISSUES, None)
        case StateEvent(state="closed", source_merge_request_gitlab_id=int(gitlab_id)):
            merge_request = (None, EntityKind.MERGE_REQUEST, None, gitlab_id)
            return (None, *merge_request, Relation.CLOSED_BY, STATE_EVENT, record.created_at)
    return None
