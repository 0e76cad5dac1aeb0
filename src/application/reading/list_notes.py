"""List notes."""

from dataclasses import dataclass, replace

from application.ports.note_reader import NoteFilter, NotePosition, NoteReader
from application.reading.freshness import MirrorAge, TellFreshness
from application.reading.listed import ListedNote, listed_note
from application.reading.project_choice import ChooseProjects
from domain.errors import UsageError
from domain.paging import cursor_for, read_cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteQuestion:
    filter: NoteFilter
    projects: tuple[str, ...] = ()
    ascending: bool = False
    limit: int = 50
    cursor: str | None = None
    require_fresh_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAnswer:
    items: tuple[ListedNote, ...]
    total: int
    next_cursor: str | None
    freshness: MirrorAge


class ListNotes:
    def __init__(self, *, notes: NoteReader, choose_projects: ChooseProjects, tell_freshness: TellFreshness) -> None:
        self._notes = notes
        self._choose_projects = choose_projects
        self._tell_freshness = tell_freshness

    def __call__(self, question: NoteQuestion) -> NoteAnswer:
        projects = self._choose_projects(question.projects)
        freshness = self._tell_freshness(projects, require_fresh_ms=question.require_fresh_ms)
        chosen = question.filter
        if question.projects:
            chosen = replace(chosen, project_ids=tuple(project.project_id for project in projects))
        # as in `ListItems`: ages move with the clock
        mark = (replace(chosen, created_since=None, created_until=None), question.ascending)
        after = None
        if question.cursor is not None:
            value, key = read_cursor(mark, question.cursor)
            if not isinstance(value, int):
                raise UsageError("--cursor belongs to another question.")
            after = NotePosition(created_at=value, key=key)
        found = self._notes.notes(chosen, limit=question.limit, ascending=question.ascending, after=after)
        return NoteAnswer(
            items=tuple(listed_note(note) for note in found.notes),
            total=found.total,
            next_cursor=None if found.last is None else cursor_for(mark, found.last.created_at, found.last.key),
            freshness=freshness,
        )
