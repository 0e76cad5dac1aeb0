"""Port `NoteReader`."""

import json
from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Engine, Select, and_, func, or_, select, union

from adapters.sql.item_reading import users_by_key
from adapters.sql.item_tables import TABLES
from adapters.sql.note_rows import note_from
from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.row_counts import SAID, gone_threads, living, number, system_notes, within
from adapters.sql.schema import discussions, issues, merge_requests, notes, projects, users
from application.ports.note_reader import NoteFilter, NotePosition, NoteSlice, ReadNote
from domain.entities import User
from domain.refs import EntityKind, EntityRef, ProjectId

_DETAILS = Prepared(
    select(
        notes,
        discussions.c.gitlab_id.label("thread_gitlab_id"),
        projects.c.path.label("project_path"),
        issues.c.iid.label("issue_iid"),
        merge_requests.c.iid.label("merge_request_iid"),
        func.coalesce(issues.c.title, merge_requests.c.title).label("parent_title"),
        func.coalesce(issues.c.web_url, merge_requests.c.web_url).label("parent_web_url"),
    )
    .select_from(notes)
    .join(discussions, notes.c.discussion_id == discussions.c.id)
    .join(projects, notes.c.project_id == projects.c.id)
    .outerjoin(issues, discussions.c.issue_id == issues.c.id)
    .outerjoin(merge_requests, discussions.c.merge_request_id == merge_requests.c.id)
    .where(among(notes.c.id, "ids"))
)


class SqlNoteReader:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def notes(self, chosen: NoteFilter, *, limit: int, ascending: bool, after: NotePosition | None) -> NoteSlice:
        with self._engine.connect() as connection:
            total = _total(connection, chosen)
            keys = _page(connection, chosen, limit + 1, ascending=ascending, after=after)
            shown = keys[:limit]
            rows = {row.id: row for row in _DETAILS.run(connection, ids=json.dumps([key.key for key in shown]))}
            people = users_by_key(
                connection, (key for row in rows.values() for key in (row.author_id, row.resolved_by_id))
            )
        return NoteSlice(
            notes=tuple(_read(rows[key.key], people) for key in shown),
            total=total,
            last=shown[-1] if len(keys) > limit and shown else None,
        )


def _page(
    connection: Connection, chosen: NoteFilter, limit: int, *, ascending: bool, after: NotePosition | None
) -> list[NotePosition]:
    """Only what decides the order is read of all notes that fit."""
    found = _fitting(chosen).subquery()
    order = (found.c.created_at, found.c.id)
    page = select(*order).order_by(*(column.asc() if ascending else column.desc() for column in order)).limit(limit)
    if after is not None:
        page = page.where(_beyond(*order, after, ascending=ascending))
    return [NotePosition(created_at=row.created_at, key=row.id) for row in connection.execute(page)]


def _total(connection: Connection, chosen: NoteFilter) -> int:
    if chosen != NoteFilter(project_ids=chosen.project_ids, system=chosen.system):
        return int(connection.execute(select(func.count()).select_from(_fitting(chosen).subquery())).scalar_one())
    there = living(connection, notes, chosen.project_ids)
    if not chosen.system:
        there -= system_notes(connection, chosen.project_ids)
    return there - number(connection, notes, *_conditions(chosen), notes.c.discussion_id.in_(gone_threads()))


def _fitting(chosen: NoteFilter) -> Select[tuple[int, int]] | CompoundSelect[tuple[int, int]]:
    """Of all notes that fit key and time. Each side of a diff has an index of its own."""
    every = select(notes.c.id, notes.c.created_at).where(
        *_conditions(chosen), notes.c.discussion_id.not_in(gone_threads())
    )
    if chosen.path is None:
        return every
    return union(*(every.where(_at_path(notes.c[side], chosen.path)) for side in ("new_path", "old_path")))


def _read(row: Row, people: Mapping[int, User]) -> ReadNote:
    kind, iid = EntityKind.MERGE_REQUEST, row.merge_request_iid
    if row.issue_iid is not None:
        kind, iid = EntityKind.ISSUE, row.issue_iid
    return ReadNote(
        note=note_from(row, people),
        discussion_gitlab_id=row.thread_gitlab_id,
        parent=EntityRef(ProjectId(row.project_id), kind, iid),
        parent_title=row.parent_title,
        parent_web_url=row.parent_web_url,
        project_path=row.project_path,
    )


def _conditions(chosen: NoteFilter) -> Iterator[ColumnElement[bool]]:
    """All but the path and that the thread lives."""
    yield notes.c.deleted_at.is_(None)
    if not chosen.system:
        yield SAID
    yield from within(notes, chosen.project_ids)
    if chosen.author is not None:
        name = chosen.author.removeprefix("@").lower()
        yield notes.c.author_id.in_(select(users.c.id).where(func.lower(users.c.username) == name))
    if chosen.type is not None:
        yield notes.c.type == chosen.type
    if chosen.text is not None:
        yield notes.c.body.icontains(chosen.text, autoescape=True)
    if chosen.created_since is not None:
        yield notes.c.created_at >= chosen.created_since
    if chosen.created_until is not None:
        yield notes.c.created_at <= chosen.created_until
    if chosen.kind is not None:
        yield notes.c.discussion_id.in_(_threads_of(chosen.kind, chosen))
    if chosen.resolved is not None:
        yield and_(notes.c.resolvable == 1, func.coalesce(notes.c.resolved, 0) == int(chosen.resolved))


def _threads_of(kind: EntityKind, chosen: NoteFilter) -> Select[tuple[int]]:
    tables = TABLES[kind]
    parent = discussions.c[tables.key]
    if chosen.iid is None:
        return select(discussions.c.id).where(parent.is_not(None))
    item = select(tables.item.c.id).where(tables.item.c.iid == chosen.iid, *within(tables.item, chosen.project_ids))
    return select(discussions.c.id).where(parent.in_(item))


def _at_path(column: ColumnElement[str], path: str) -> ColumnElement[bool]:
    """`0` is the character after `/`."""
    if path.endswith("/"):
        return and_(column >= path, column < f"{path[:-1]}0")
    return column == path


def _beyond(
    at: ColumnElement[int], key: ColumnElement[int], after: NotePosition, *, ascending: bool
) -> ColumnElement[bool]:
    if ascending:
        return or_(at > after.created_at, and_(at == after.created_at, key > after.key))
    return or_(at < after.created_at, and_(at == after.created_at, key < after.key))
