"""The newest merge requests that touched a path, with who took part in them."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, func, or_, select, union, union_all

from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.provenance.places import Place, below, limits, named
from adapters.sql.schema import discussions, merge_requests, mr_file_changes, mr_reviewers, notes, users
from application.ports.people_reader import ExpertiseQuery
from domain.expertise import NoteBy, TouchingMergeRequest

_HOT = 2_000
"""With more changes than this, walking the merge requests from the newest finds enough of them sooner."""

_CHANGE, _MR = mr_file_changes.c, merge_requests.c
_SIDES = (_CHANGE.new_path, _CHANGE.old_path)
_SHOWN = (_MR.id, _MR.iid, _MR.state, _MR.author_id, _MR.created_at, _MR.merged_at, _MR.closed_at)
_OF_PROJECT = _CHANGE.project_id == bindparam("project_id")
_LIVING = (_MR.deleted_at.is_(None), _MR.created_at <= bindparam("until"))


def _right_in(side: ColumnElement[str]) -> ColumnElement[bool]:
    """In the folder itself: no further slash. The root's limits hold everything."""
    return and_(below(side), func.instr(func.substr(side, bindparam("length")), "/") == 0)


@dataclass(frozen=True, slots=True)
class _Finder:
    """The statements for one kind of place."""

    count: Prepared
    by_change: Prepared
    by_age: Prepared

    def newest(self, connection: Connection, limit: int, values: Mapping[str, object]) -> list[Row]:
        place = {name: value for name, value in values.items() if name != "until"}
        hot = self.count.run(connection, most=_HOT, **place).scalar() >= _HOT
        query = self.by_age if hot else self.by_change
        return list(query.run(connection, limit=limit, **values))


def _finder(place: Place) -> _Finder:
    return _Finder(
        count=Prepared(partial(_some, place)),
        by_change=Prepared(partial(_changed, place)),
        by_age=Prepared(partial(_touched, place)),
    )


def _some(place: Place) -> Select[Any]:
    """Each side of a change has its own index, so both are asked and the answers united."""
    some = union_all(*(select(_CHANGE.id).where(_OF_PROJECT, place(side)) for side in _SIDES))
    return select(func.count()).select_from(some.limit(bindparam("most")).subquery())


def _changed(place: Place) -> Select[Any]:
    changed = union(*(select(_CHANGE.merge_request_id).where(_OF_PROJECT, place(side)) for side in _SIDES))
    return _newest().where(_MR.id.in_(changed))


def _touched(place: Place) -> Select[Any]:
    unindexed = [side.concat("") for side in _SIDES]  # here the index on merge requests is the one to take
    touches = exists().where(_CHANGE.merge_request_id == _MR.id, or_(*(place(side) for side in unindexed)))
    return _newest().where(_MR.project_id == bindparam("project_id"), touches)


def _newest() -> Select[Any]:
    return select(*_SHOWN).where(*_LIVING).order_by(_MR.iid.desc()).limit(bindparam("limit"))


_NAMED = _finder(named)
_BELOW = _finder(below)
_BESIDE = _finder(_right_in)
_NOTES = Prepared(
    select(discussions.c.merge_request_id, users.c.username, notes.c.created_at, notes.c.new_path, notes.c.old_path)
    .select_from(discussions)
    .join(notes, notes.c.discussion_id == discussions.c.id)
    .join(users, users.c.id == notes.c.author_id)
    .where(
        among(discussions.c.merge_request_id, "ids"),
        discussions.c.deleted_at.is_(None),
        notes.c.deleted_at.is_(None),
        notes.c.system.is_(False),
        notes.c.created_at.between(bindparam("since"), bindparam("until")),
    )
    .order_by(notes.c.created_at, notes.c.gitlab_id)
)
_REVIEWERS = Prepared(
    select(mr_reviewers.c.merge_request_id, users.c.username)
    .join_from(mr_reviewers, users)
    .where(among(mr_reviewers.c.merge_request_id, "ids"))
    .order_by(mr_reviewers.c.ordinal)
)
_AUTHORS = Prepared(select(users.c.id, users.c.username).where(among(users.c.id, "ids")))


def touching(connection: Connection, query: ExpertiseQuery) -> Iterator[TouchingMergeRequest]:
    for project_id in query.project_ids:
        values: dict[str, object] = {"project_id": project_id, "until": query.until}
        on_path = _on_path(connection, query, values)
        seen = {row.id for row in on_path}
        yield from _with_people(connection, on_path, query, nearby=False)
        if query.folder is not None:
            length = len(query.folder) + 2 if query.folder else 1
            place = {**values, **limits(query.folder), "length": length}
            beside = _BESIDE.newest(connection, query.limit + len(seen), place)
            rows = [row for row in beside if row.id not in seen][: query.limit]
            yield from _with_people(connection, rows, query, nearby=True)


def _on_path(connection: Connection, query: ExpertiseQuery, values: Mapping[str, object]) -> list[Row]:
    if query.below is not None:
        return _BELOW.newest(connection, query.limit, {**values, **limits(query.below)})
    return _NAMED.newest(connection, query.limit, {**values, "paths": json.dumps(query.paths)})


def _with_people(
    connection: Connection, rows: list[Row], query: ExpertiseQuery, *, nearby: bool
) -> Iterator[TouchingMergeRequest]:
    ids = json.dumps([row.id for row in rows])
    reviewers = _grouped(_REVIEWERS.run(connection, ids=ids).plain())
    said = _NOTES.run(connection, ids=ids, since=query.since, until=query.until).plain()
    on_path, further = _by_place(said, query, nearby=nearby)
    authors = {row.id: row.username for row in _AUTHORS.run(connection, ids=_keys(row.author_id for row in rows))}
    for row in rows:
        yield TouchingMergeRequest(
            iid=row.iid,
            author=authors[row.author_id],
            created_at=row.created_at,
            merged_at=row.merged_at if row.state == "merged" else None,
            closed_at=row.closed_at if row.state == "closed" else None,
            reviewers=tuple(reviewers[row.id]),
            path_notes=tuple(on_path[row.id]),
            further_notes=tuple(further[row.id]),
            nearby=nearby,
        )


def _by_place(
    said: Iterable[tuple[Any, ...]], query: ExpertiseQuery, *, nearby: bool
) -> tuple[Mapping[int, list[NoteBy]], Mapping[int, list[NoteBy]]]:
    """By merge request the notes on the path, and those elsewhere."""
    on_path: dict[int, list[NoteBy]] = defaultdict(list)
    further: dict[int, list[NoteBy]] = defaultdict(list)
    is_here = _place_of(query, nearby=nearby)
    for merge_request, username, created_at, *paths in said:
        (on_path if any(map(is_here, paths)) else further)[merge_request].append(NoteBy(username, created_at))
    return on_path, further


def _place_of(query: ExpertiseQuery, *, nearby: bool) -> Callable[[str | None], bool]:
    """Whether a side of a diff is what is asked about; what is no note on a diff has neither."""
    if nearby or query.below == "":
        return lambda path: path is not None
    if query.below is not None:
        folder = f"{query.below}/"
        return lambda path: path is not None and path.startswith(folder)
    return frozenset(query.paths).__contains__


def _grouped(pairs: Iterable[tuple[Any, ...]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _keys(ids: Iterable[int]) -> str:
    return json.dumps(sorted(set(ids)))
