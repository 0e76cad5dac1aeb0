"""What an answer changes in the notes that the store holds of an item."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.sql.note_rows import values_of
from adapters.sql.prepared import Row
from domain.entities import Note

PLACED = ("discussion_id", "ordinal")
"""Where a note stands: its thread's local key, and its place there."""


@dataclass(slots=True, kw_only=True)
class NoteChanges:
    new: list[dict[str, object]] = field(default_factory=list)
    changed: list[dict[str, object]] = field(default_factory=list)
    """With the note's local key as `key`."""
    gone: list[int] = field(default_factory=list)
    """Local keys."""
    touched: dict[int, None] = field(default_factory=dict)
    """Local keys of threads whose documents show something else now: one note of a person came, went or changed."""

    def compare(self, now: dict[str, object], old: Row | None) -> None:
        thread = int(str(now["discussion_id"]))
        if old is None:
            self.new.append(now)
            self._touch(thread, now["system"])
        elif any(getattr(old, name) != value for name, value in now.items()):
            self.changed.append(now | {"key": old.id})
            self._touch(thread, now["system"] and old.system)
            if old.discussion_id != thread:
                self._touch(old.discussion_id, old.system)

    def lose(self, old: Row) -> None:
        self.gone.append(old.id)
        self._touch(old.discussion_id, old.system)

    def _touch(self, thread: int, system: object) -> None:
        if not system:
            self.touched[thread] = None


def compare_notes(
    answer: Mapping[int, Sequence[Note]], old: Mapping[int, Row], swept: Collection[int], people: Mapping[int, int]
) -> NoteChanges:
    """`answer` is by local key of the thread, `old` by GitLab id of the note; `swept` are threads that are gone."""
    changes = NoteChanges()
    left = dict(old)
    for thread, thread_notes in answer.items():
        for ordinal, note in enumerate(thread_notes):
            now = dict(zip(PLACED, (thread, ordinal), strict=True)) | values_of(note, people)
            changes.compare(now, left.pop(note.gitlab_id, None))
    for row in left.values():
        if row.deleted_at is None and (row.discussion_id in answer or row.discussion_id in swept):
            changes.lose(row)
    return changes
