"""Port `NoteReader`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, func, or_, select

from adapters.sql.item_reading import users_by_key
from adapters.sql.note_rows import note_from
from adapters.sql.schema import discussions, issues, merge_requests, notes, projects, users
from application.ports.note_reader import NoteFilter, NotePosition, NoteSlice, ReadNote
from domain.refs import EntityKind, EntityRef, ProjectId


class SqlNoteReader:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def notes(self, chosen: NoteFilter, *, limit: int, ascending: bool, after: NotePosition | None) -> NoteSlice:
        where = list(_conditions(chosen))
        order = (notes.c.created_at, notes.c.id)
        page = (
            _joined(
                select(
                    notes,
                    discussions.c.gitlab_id.label("thread_gitlab_id"),
                    projects.c.path.label("project_path"),
                    issues.c.iid.label("issue_iid"),
                    merge_requests.c.iid.label("merge_request_iid"),
                    func.coalesce(issues.c.title, merge_requests.c.title).label("parent_title"),
                    func.coalesce(issues.c.web_url, merge_requests.c.web_url).label("parent_web_url"),
                )
            )
            .where(*where)
            .order_by(*(column.asc() if ascending else column.desc() for column in order))
            .limit(limit + 1)
        )
        if after is not None:
            page = page.where(_beyond(after, ascending=ascending))
        with self._engine.connect() as connection:
            total: int = connection.execute(_joined(select(func.count(notes.c.id))).where(*where)).scalars().one()
            rows = connection.execute(page).all()
            people = users_by_key(connection, (key for row in rows for key in (row.author_id, row.resolved_by_id)))
        shown = rows[:limit]
        last = NotePosition(created_at=shown[-1].created_at, key=shown[-1].id) if len(rows) > limit and shown else None
        found = tuple(
            ReadNote(
                note=note_from(row, people),
                discussion_gitlab_id=row.thread_gitlab_id,
                parent=EntityRef(
                    ProjectId(row.project_id),
                    EntityKind.MERGE_REQUEST if row.issue_iid is None else EntityKind.ISSUE,
                    row.merge_request_iid if row.issue_iid is None else row.issue_iid,
                ),
                parent_title=row.parent_title,
                parent_web_url=row.parent_web_url,
                project_path=row.project_path,
            )
            for row in shown
        )
        return NoteSlice(notes=found, total=total, last=last)


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(notes)
        .join(discussions, notes.c.discussion_id == discussions.c.id)
        .join(projects, notes.c.project_id == projects.c.id)
        .outerjoin(issues, discussions.c.issue_id == issues.c.id)
        .outerjoin(merge_requests, discussions.c.merge_request_id == merge_requests.c.id)
    )


def _conditions(chosen: NoteFilter) -> Iterator[ColumnElement[bool]]:
    yield notes.c.deleted_at.is_(None)
    yield discussions.c.deleted_at.is_(None)
    if not chosen.system:
        yield notes.c.system == 0
    if chosen.project_ids is not None:
        yield notes.c.project_id.in_(chosen.project_ids)
    if chosen.author is not None:
        name = chosen.author.removeprefix("@").lower()
        yield notes.c.author_id.in_(select(users.c.id).where(func.lower(users.c.username) == name))
    if chosen.type is not None:
        yield notes.c.type == chosen.type
    if chosen.text is not None:
        yield notes.c.body.icontains(chosen.text, autoescape=True)
    yield from _place_and_time(chosen)


def _place_and_time(chosen: NoteFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.created_since is not None:
        yield notes.c.created_at >= chosen.created_since
    if chosen.created_until is not None:
        yield notes.c.created_at <= chosen.created_until
    if chosen.path is not None:
        yield or_(*(_at_path(notes.c[side], chosen.path) for side in ("new_path", "old_path")))
    if chosen.kind is not None:
        item = issues if chosen.kind is EntityKind.ISSUE else merge_requests
        yield item.c.id.is_not(None)
        if chosen.iid is not None:
            yield item.c.iid == chosen.iid
    if chosen.resolved is not None:
        yield and_(notes.c.resolvable == 1, func.coalesce(notes.c.resolved, 0) == int(chosen.resolved))


def _at_path(column: ColumnElement[str], path: str) -> ColumnElement[bool]:
    return column.startswith(path, autoescape=True) if path.endswith("/") else column == path


def _beyond(after: NotePosition, *, ascending: bool) -> ColumnElement[bool]:
    at, key = notes.c.created_at, notes.c.id
    if ascending:
        return or_(at > after.created_at, and_(at == after.created_at, key > after.key))
    return or_(at < after.created_at, and_(at == after.created_at, key < after.key))
