"""Port `NoteReader`, over the tables of a store in memory."""

from collections.abc import Iterator

from adapters.memory.content_store import MemoryContentStore
from adapters.memory.reading.living import is_at, living_items, living_threads, path_of, same_name, tables_of
from application.ports.note_reader import NoteFilter, NotePosition, NoteSlice, ReadNote


class MemoryNoteReader:
    def __init__(self, store: MemoryContentStore) -> None:
        self._store = store

    def notes(self, chosen: NoteFilter, *, limit: int, ascending: bool, after: NotePosition | None) -> NoteSlice:
        fitting = [note for note in self._all() if all(_conditions(chosen, note))]
        rows = sorted(fitting, key=_place, reverse=not ascending)
        if after is not None:
            mark = (after.created_at, after.key)
            rows = [row for row in rows if (_place(row) > mark if ascending else _place(row) < mark)]
        shown = rows[:limit]
        last = _place(shown[-1]) if len(rows) > limit and shown else None
        return NoteSlice(
            notes=tuple(shown),
            total=len(fitting),
            last=None if last is None else NotePosition(created_at=last[0], key=last[1]),
        )

    def _all(self) -> Iterator[ReadNote]:
        tables = tables_of(self._store)
        for ref, row in living_items(tables):
            for thread in living_threads(tables, ref):
                for note in thread.discussion.notes:
                    yield ReadNote(
                        note=note,
                        discussion_gitlab_id=thread.discussion.gitlab_id,
                        parent=ref,
                        parent_title=row.entity.title,
                        parent_web_url=row.entity.web_url,
                        project_path=path_of(tables, ref),
                    )


def _place(read: ReadNote) -> tuple[int, int]:
    return read.note.created_at, read.note.gitlab_id


def _conditions(chosen: NoteFilter, read: ReadNote) -> Iterator[bool]:
    note, position = read.note, read.note.position
    yield chosen.system or not note.system
    yield chosen.project_ids is None or read.parent.project_id in chosen.project_ids
    yield chosen.author is None or same_name(chosen.author, note.author.username)
    yield chosen.type in {None, note.type}
    yield chosen.text is None or chosen.text.casefold() in note.body.casefold()
    yield chosen.created_since is None or note.created_at >= chosen.created_since
    yield chosen.created_until is None or note.created_at <= chosen.created_until
    yield chosen.kind in {None, read.parent.kind}
    yield chosen.iid is None or chosen.kind is None or read.parent.iid == chosen.iid
    yield chosen.resolved is None or (note.resolvable and bool(note.resolved) is chosen.resolved)
    if chosen.path is not None:
        sides = (position.new_path, position.old_path) if position else ()
        yield any(is_at(side, chosen.path) for side in sides)
