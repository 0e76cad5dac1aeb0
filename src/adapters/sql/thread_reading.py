"""Discussions read back from their rows."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, select

from adapters.sql.item_reading import users_by_key
from adapters.sql.note_rows import note_from
from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import discussions, notes
from domain.entities import Discussion
from domain.refs import EntityKind

_LIVING = Prepared(
    select(
        discussions.c.gitlab_id.label("thread_gitlab_id"),
        discussions.c.individual_note,
        discussions.c.issue_id,
        discussions.c.merge_request_id,
        notes,
    )
    .join_from(discussions, notes)
    .where(among(discussions.c.id, "ids"), discussions.c.deleted_at.is_(None), notes.c.deleted_at.is_(None))
    .order_by(notes.c.discussion_id, notes.c.ordinal)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredThread:
    item_kind: EntityKind
    item_id: int
    discussion: Discussion


def living_threads(connection: Connection, ids: Collection[int]) -> dict[int, StoredThread]:
    """By local key; those that are gone, have a tombstone or no living note are left out."""
    rows = list(_LIVING.run(connection, ids=json.dumps(list(ids))))
    people = users_by_key(connection, (key for row in rows for key in (row.author_id, row.resolved_by_id)))
    found: dict[int, StoredThread] = {}
    for key, group in groupby(rows, key=lambda row: int(row.discussion_id)):
        thread_notes = list(group)
        first = thread_notes[0]
        found[key] = StoredThread(
            item_kind=EntityKind.MERGE_REQUEST if first.issue_id is None else EntityKind.ISSUE,
            item_id=first.merge_request_id if first.issue_id is None else first.issue_id,
            discussion=Discussion(
                gitlab_id=first.thread_gitlab_id,
                individual_note=bool(first.individual_note),
                notes=tuple(note_from(row, people) for row in thread_notes),
            ),
        )
    return found
