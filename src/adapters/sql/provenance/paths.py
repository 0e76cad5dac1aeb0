"""Port `PathReader`."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Engine,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
)

from adapters.sql.prepared import Prepared, Row, among, escaped
from adapters.sql.provenance.places import Place, below, limits, named
from adapters.sql.schema import dependent_sets, discussions, merge_requests, mr_file_changes, notes, projects
from adapters.sql.thread_reading import living_threads
from application.ports.path_reader import DiffCoverage, ItemThread, NewestChanges, StoredDiff
from domain.path_changes import ChangeKind, PathChange, change_kind, mainline_branches
from domain.refs import DependentKind, EntityKind, ProjectId
from domain.timeline import ItemKey

_CHANGE = mr_file_changes.c
_MR = merge_requests.c
_ALL_CHANGES = (
    select(
        _MR.iid,
        _MR.created_at,
        case((_MR.state == "merged", _MR.merged_at)).label("merged_at"),
        _MR.target_branch,
        _CHANGE.old_path,
        _CHANGE.new_path,
        _CHANGE.new_file,
        _CHANGE.deleted_file,
    )
    .select_from(mr_file_changes)
    .join(merge_requests, _CHANGE.merge_request_id == _MR.id)
    .where(_MR.deleted_at.is_(None))
)
_CHANGES = _ALL_CHANGES.where(_CHANGE.project_id == bindparam("project_id"))
_OF_NAMES = (
    Prepared(_CHANGES.where(among(_CHANGE.new_path, "paths"))),
    Prepared(_CHANGES.where(among(_CHANGE.old_path, "paths"), ~among(_CHANGE.new_path, "paths"))),
)
_IS_TURN = or_(_CHANGE.new_file, _CHANGE.deleted_file, _CHANGE.old_path != _CHANGE.new_path)
_TURNS = (
    Prepared(_CHANGES.where(among(_CHANGE.new_path, "paths"), _IS_TURN)),
    _OF_NAMES[1],
)
_MODIFICATIONS = _CHANGES.where(_CHANGE.new_path == bindparam("path"), ~_IS_TURN)
_ANY_MODIFICATION = Prepared(_MODIFICATIONS.limit(1))
_COUNTING = _MODIFICATIONS.where(
    _MR.state == "merged", or_(bindparam("any_branch"), among(_MR.target_branch, "branches"))
)
_FIRST_MODIFICATION = Prepared(_COUNTING.order_by(_MR.merged_at, _MR.iid).limit(1))
_LATER_MODIFICATIONS = Prepared(_COUNTING.where(_MR.created_at >= bindparam("since")))
_DEFAULT_BRANCH = Prepared(select(projects.c.default_branch).where(projects.c.id == bindparam("project_id")))


_IN_PROJECT = _CHANGE.project_id == bindparam("project_id")


def _touching(place: Place) -> CompoundSelect[int]:
    """The merge requests with a file one of whose paths lies there, by an index for each path."""
    new, old = place(_CHANGE.new_path), place(_CHANGE.old_path)
    return union_all(
        select(_CHANGE.merge_request_id).where(_IN_PROJECT, new),
        select(_CHANGE.merge_request_id).where(_IN_PROJECT, old, ~new),
    )


_FITTING = (
    _MR.project_id == bindparam("project_id"),
    _MR.deleted_at.is_(None),
    or_(bindparam("any_state"), _MR.state == "merged"),
    or_(bindparam("any_branch"), among(_MR.target_branch, "branches")),
)
_NEWEST = (case((_MR.state == "merged", _MR.merged_at), else_=_MR.created_at).desc(), _MR.iid.desc())


def _newest(touching: CompoundSelect[int]) -> Prepared:
    fitting = (*_FITTING, (_MR.id + 0).in_(touching))  # not by id: the index in brief spares reading the rows
    counted = select(_MR.id, func.count().over().label("total")).where(*fitting)
    return Prepared(counted.order_by(*_NEWEST).limit(bindparam("limit")))


_NEWEST_OF = _newest(_touching(named))
_NEWEST_BELOW = _newest(_touching(below))
_ANY_CHANGE = exists().where(_CHANGE.merge_request_id == _MR.id)
_NEWEST_OF_ALL = Prepared(select(_MR.id).where(*_FITTING, _ANY_CHANGE).order_by(*_NEWEST).limit(bindparam("limit")))
_COUNT_ALL = Prepared(select(func.count()).select_from(merge_requests).where(*_FITTING, _ANY_CHANGE))
_OF_MERGE_REQUESTS = Prepared(_ALL_CHANGES.where(among(_CHANGE.merge_request_id, "ids")))
_NAME = func.lower(_CHANGE.new_path)
_SIMILAR = Prepared(
    select(_CHANGE.new_path, or_(bindparam("name") == _NAME, _NAME.like(bindparam("end"), escape="\\")).label("same"))
    .distinct()
    .where(_CHANGE.project_id == bindparam("project_id"), _NAME.like(bindparam("part"), escape="\\"))
    .order_by(text("same DESC"), _CHANGE.new_path)
    .limit(bindparam("limit"))
)
_COUNT = Prepared(select(func.count()).where(_MR.project_id == bindparam("project_id"), _MR.deleted_at.is_(None)))
_FIRST = Prepared(
    select(_MR.created_at)
    .where(_MR.project_id == bindparam("project_id"), _MR.deleted_at.is_(None))
    .order_by(_MR.iid)
    .limit(1)
)
_FETCHED = (
    select(func.count())
    .select_from(dependent_sets)
    .where(
        dependent_sets.c.project_id == bindparam("project_id"),
        dependent_sets.c.kind == literal_column(f"'{EntityKind.MERGE_REQUEST}'"),
        dependent_sets.c.dependent == literal_column(f"'{DependentKind.DIFFS}'"),
        dependent_sets.c.fetch_started_at.is_not(None),
    )
)
_GONE = select(_MR.id).where(_MR.project_id == bindparam("project_id"), _MR.deleted_at.is_not(None))
_ALL_FETCHED = Prepared(_FETCHED)
_FETCHED_AND_GONE = Prepared(_FETCHED.where(dependent_sets.c.entity_id.in_(_GONE)))
_IDS = Prepared(
    select(_MR.id, _MR.iid).where(
        _MR.project_id == bindparam("project_id"), among(_MR.iid, "iids"), _MR.deleted_at.is_(None)
    )
)
_DIFFS = Prepared(
    select(_CHANGE.merge_request_id, _CHANGE.old_path, _CHANGE.new_path, _CHANGE.diff).where(
        among(_CHANGE.merge_request_id, "ids"), or_(among(_CHANGE.new_path, "paths"), among(_CHANGE.old_path, "paths"))
    )
)
_THREADS = Prepared(
    select(discussions.c.id, discussions.c.merge_request_id, func.min(notes.c.created_at).label("first_at"))
    .join_from(discussions, notes)
    .where(
        among(discussions.c.merge_request_id, "ids"),
        discussions.c.deleted_at.is_(None),
        notes.c.deleted_at.is_(None),
        or_(among(notes.c.new_path, "paths"), among(notes.c.old_path, "paths")),
    )
    .group_by(discussions.c.id)
    .order_by("first_at", discussions.c.id)
)
_PATH = Prepared(select(projects.c.path).where(projects.c.id == bindparam("project_id")))


class SqlPathReader:
    """Port `PathReader`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def changes_of(self, project_id: ProjectId, paths: Sequence[str]) -> tuple[PathChange, ...]:
        wanted = json.dumps(list(paths))
        with self._engine.connect() as connection:
            branches = _mainline(connection, project_id)
            found = [query.run(connection, project_id=project_id, paths=wanted).plain() for query in _OF_NAMES]
            return _changes(chain.from_iterable(found), branches)

    def outline_of(self, project_id: ProjectId, paths: Sequence[str]) -> tuple[PathChange, ...]:
        wanted = json.dumps(list(paths))
        with self._engine.connect() as connection:
            branches = _mainline(connection, project_id)
            found = [query.run(connection, project_id=project_id, paths=wanted).plain() for query in _TURNS]
            turns = _changes(chain.from_iterable(found), branches)
            kept = [row for path in paths for row in _modifications(connection, project_id, path, turns, branches)]
            return (*turns, *_changes(kept, branches))

    def newest_of(self, project_id: ProjectId, paths: Sequence[str], *, merged_only: bool, limit: int) -> NewestChanges:
        wanted = frozenset(paths)
        with self._engine.connect() as connection:
            branches = _mainline(connection, project_id)
            fitting = _fitting(project_id, branches, merged_only=merged_only)
            found = _counted(_NEWEST_OF.run(connection, limit=limit, paths=json.dumps(list(paths)), **fitting))
            return _newest_changes(connection, found, branches, lambda path: path in wanted)

    def newest_below(self, project_id: ProjectId, folder: str, *, merged_only: bool, limit: int) -> NewestChanges:
        with self._engine.connect() as connection:
            branches = _mainline(connection, project_id)
            found = _newest_below(connection, folder, limit, _fitting(project_id, branches, merged_only=merged_only))
            return _newest_changes(
                connection, found, branches, lambda path: not folder or path.startswith(f"{folder}/")
            )

    def similar_paths(self, project_id: ProjectId, path: str, *, limit: int) -> tuple[str, ...]:
        name = path.rstrip("/").rpartition("/")[2].lower()
        like = escaped(name)
        alike = {"name": name, "end": f"%/{like}", "part": f"%{like}%"}
        with self._engine.connect() as connection:
            found = list(_SIMILAR.run(connection, project_id=project_id, limit=limit, **alike))
        same = tuple(row.new_path for row in found if row.same)
        return same or tuple(row.new_path for row in found)

    def coverage(self, project_id: ProjectId) -> DiffCoverage:
        with self._engine.connect() as connection:
            fetched, gone = (
                query.run(connection, project_id=project_id).scalar() for query in (_ALL_FETCHED, _FETCHED_AND_GONE)
            )
            return DiffCoverage(
                merge_requests=_COUNT.run(connection, project_id=project_id).scalar(), with_diffs=fetched - gone
            )

    def first_opened_at(self, project_id: ProjectId) -> int | None:
        with self._engine.connect() as connection:
            first: int | None = _FIRST.run(connection, project_id=project_id).scalar()
        return first

    def diffs(self, project_id: ProjectId, iids: Collection[int], paths: Collection[str]) -> tuple[StoredDiff, ...]:
        with self._engine.connect() as connection:
            numbers = _iids(connection, project_id, iids)
            rows = _DIFFS.run(connection, ids=json.dumps(list(numbers)), paths=json.dumps(list(paths)))
            found = [
                StoredDiff(
                    mr_iid=numbers[row.merge_request_id], old_path=row.old_path, new_path=row.new_path, diff=row.diff
                )
                for row in rows
            ]
        return tuple(sorted(found, key=lambda one: (one.mr_iid, one.new_path, one.old_path)))

    def threads_on(
        self, project_id: ProjectId, iids: Collection[int], paths: Collection[str]
    ) -> tuple[ItemThread, ...]:
        with self._engine.connect() as connection:
            numbers = _iids(connection, project_id, iids)
            wanted = {"ids": json.dumps(list(numbers)), "paths": json.dumps(list(paths))}
            rows = list(_THREADS.run(connection, **wanted))
            threads = living_threads(connection, [row.id for row in rows])
            path = _PATH.run(connection, project_id=project_id).scalar()
        return tuple(
            ItemThread(
                item=ItemKey(path, EntityKind.MERGE_REQUEST, numbers[row.merge_request_id]),
                discussion=threads[row.id].discussion,
            )
            for row in rows
        )


def _newest_below(
    connection: Connection, folder: str, limit: int, fitting: Mapping[str, object]
) -> tuple[int, list[int]]:
    """How many there are, and the local keys of the newest."""
    if not folder:
        ids = list(_NEWEST_OF_ALL.run(connection, limit=limit, **fitting).scalars())
        return _COUNT_ALL.run(connection, **fitting).scalar(), ids
    return _counted(_NEWEST_BELOW.run(connection, limit=limit, **limits(folder), **fitting))


def _counted(found: Iterable[Row]) -> tuple[int, list[int]]:
    rows = list(found)
    return rows[0].total if rows else 0, [row.id for row in rows]


def _newest_changes(
    connection: Connection,
    found: tuple[int, list[int]],
    branches: frozenset[str] | None,
    is_meant: Callable[[str], bool],
) -> NewestChanges:
    total, newest = found
    rows = _OF_MERGE_REQUESTS.run(connection, ids=json.dumps(newest))
    meant = (row for row in rows if is_meant(row.old_path) or is_meant(row.new_path))
    return NewestChanges(merge_requests=total, changes=_changes(meant, branches))


def _fitting(project_id: ProjectId, branches: frozenset[str] | None, *, merged_only: bool) -> dict[str, object]:
    return {
        "project_id": project_id,
        "any_state": not merged_only,
        "any_branch": not merged_only or branches is None,
        "branches": json.dumps(sorted(branches or ())),
    }


def _mainline(connection: Connection, project_id: ProjectId) -> frozenset[str] | None:
    return mainline_branches(_DEFAULT_BRANCH.run(connection, project_id=project_id).scalar())


def _modifications(
    connection: Connection,
    project_id: ProjectId,
    path: str,
    turns: Iterable[PathChange],
    branches: frozenset[str] | None,
) -> Iterator[Row]:
    """Those of one name that decide something; a name that was never given up has no second beginning."""
    asked = {"project_id": project_id, "path": path}
    counting = {**asked, "any_branch": branches is None, "branches": json.dumps(sorted(branches or ()))}
    ends = [one.at for one in turns if one.counts and path == one.old_path and one.kind is not ChangeKind.ADDED]
    yield from _ANY_MODIFICATION.run(connection, **asked)
    yield from _FIRST_MODIFICATION.run(connection, **counting)
    if ends:
        yield from _LATER_MODIFICATIONS.run(connection, since=min(ends), **counting)


def _changes(rows: Iterable[Row], branches: frozenset[str] | None) -> tuple[PathChange, ...]:
    return tuple(
        [
            PathChange(
                iid,
                old_path,
                new_path,
                change_kind(old_path=old_path, new_path=new_path, new_file=new_file, deleted_file=deleted_file),
                created_at,
                merged_at,
                branches is None or target_branch in branches,
            )
            for iid, created_at, merged_at, target_branch, old_path, new_path, new_file, deleted_file in rows
        ]
    )


def _iids(connection: Connection, project_id: ProjectId, iids: Collection[int]) -> dict[int, int]:
    """By local key."""
    rows = _IDS.run(connection, project_id=project_id, iids=json.dumps(sorted(set(iids))))
    return {row.id: row.iid for row in rows}
