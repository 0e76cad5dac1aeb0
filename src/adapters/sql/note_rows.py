"""A note as the values of its row, and back."""

from collections.abc import Mapping

from adapters.sql.prepared import Row
from domain.entities import DiffPosition, Note, User

PLAIN = (
    "gitlab_id",
    "type",
    "body",
    "created_at",
    "updated_at",
    "system",
    "internal",
    "resolvable",
    "resolved",
    "resolved_at",
)
POSITION = (
    "position_type",
    "base_sha",
    "start_sha",
    "head_sha",
    "old_path",
    "new_path",
    "old_line",
    "new_line",
    "start_old_line",
    "start_new_line",
)
FIELDS = (*PLAIN, *POSITION, "author_id", "resolved_by_id", "deleted_at")
"""Everything but where the note belongs."""


def values_of(note: Note, people: Mapping[int, int]) -> dict[str, object]:
    """`people` are local keys by GitLab id."""
    row = {name: getattr(note, name) for name in PLAIN}
    row |= {name: getattr(note.position, name, None) for name in POSITION}
    row["author_id"] = people[note.author.gitlab_id]
    row["resolved_by_id"] = None if note.resolved_by is None else people[note.resolved_by.gitlab_id]
    row["deleted_at"] = None
    return row


def note_from(row: Row, people: Mapping[int, User]) -> Note:
    """`people` are users by local key."""
    position = None
    if row.position_type is not None:
        position = DiffPosition(**{name: getattr(row, name) for name in POSITION})
    return Note(
        gitlab_id=row.gitlab_id,
        body=row.body,
        author=people[row.author_id],
        created_at=row.created_at,
        updated_at=row.updated_at,
        system=bool(row.system),
        type=row.type,
        internal=bool(row.internal),
        resolvable=bool(row.resolvable),
        resolved=None if row.resolved is None else bool(row.resolved),
        resolved_by=None if row.resolved_by_id is None else people[row.resolved_by_id],
        resolved_at=row.resolved_at,
        position=position,
    )
