"""Port `CommitReader`."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import Connection, Engine, bindparam, or_, select, union

from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.provenance.locating import instance_of
from adapters.sql.schema import merge_requests, mr_commits, mr_file_changes, projects
from domain.attribution import Candidate, ShaMatch, ShaRole
from domain.blame import CommitFacts
from domain.commit_messages import NamedMergeRequest
from domain.diff_lines import adds_line
from domain.refs import ProjectId

_FULL_LENGTH = 40
_MR = merge_requests.c
_CANDIDATE = (_MR.iid, _MR.state, _MR.created_at, _MR.merged_at, projects.c.path.label("project_path"))
_OF_PROJECT = (_MR.project_id == bindparam("project_id"), _MR.deleted_at.is_(None))
_FOUND_OTHERWISE = (_MR.project_id + 0 == bindparam("project_id"), _MR.deleted_at.is_(None))
"""The same, kept off the index on the project: a sha or the ids of a few merge requests find them sooner."""
_HOLDERS = {
    _MR.merge_commit_sha: ShaRole.MERGE,
    _MR.squash_commit_sha: ShaRole.SQUASH,
    _MR.sha: ShaRole.COMMIT,
    mr_commits.c.sha: ShaRole.COMMIT,
}
_CANDIDATES = select(*_CANDIDATE).join_from(merge_requests, projects, _MR.project_id == projects.c.id)
_MATCHES = [
    (
        Prepared(
            (_CANDIDATES if column.table is merge_requests else _CANDIDATES.join(mr_commits))
            .add_columns(column.label("found_sha"))
            .where(
                *_FOUND_OTHERWISE,
                column.is_not(None),
                column >= bindparam("first"),
                column < bindparam("after"),
            )
        ),
        role,
    )
    for column, role in _HOLDERS.items()
]
_NAMED = Prepared(_CANDIDATES.where(*_OF_PROJECT, among(_MR.iid, "iids")))
_SIDES = (mr_file_changes.c.new_path, mr_file_changes.c.old_path)
_CHANGED = or_(*(among(side, "paths") for side in _SIDES))
_TOUCHING = union(
    *(
        select(mr_file_changes.c.merge_request_id).where(
            mr_file_changes.c.project_id == bindparam("project_id"), among(side, "paths")
        )
        for side in _SIDES
    )
)
"""Each side of a change has its own index."""
_REWRITTEN = Prepared(
    _CANDIDATES.join(mr_commits)
    .distinct()
    .where(
        *_FOUND_OTHERWISE,
        _MR.id.in_(_TOUCHING),
        mr_commits.c.title == bindparam("title"),
        mr_commits.c.author_name == bindparam("author"),
        mr_commits.c.authored_date == bindparam("authored_at"),
    )
)
_DIFFS = Prepared(
    _CANDIDATES.join(mr_file_changes, mr_file_changes.c.merge_request_id == _MR.id)
    .add_columns(mr_file_changes.c.diff)
    .where(
        *_FOUND_OTHERWISE,
        _MR.id.in_(_TOUCHING),
        _CHANGED,
        _MR.state == "merged",
        _MR.merged_at >= bindparam("merged_since"),
    )
    .order_by(_MR.merged_at, _MR.iid)
    .limit(bindparam("limit"))
)


class SqlCommitReader:
    """Port `CommitReader`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def matches(self, project_id: ProjectId, shas: Sequence[str]) -> tuple[ShaMatch, ...]:
        with self._engine.connect() as connection:
            found = [match for sha in dict.fromkeys(shas) for match in _matches(connection, project_id, sha)]
        return tuple(dict.fromkeys(found))

    def candidates(self, instance: str, named: Collection[NamedMergeRequest]) -> tuple[Candidate, ...]:
        with self._engine.connect() as connection:
            by_path = instance_of(connection, instance).by_path
            found = [
                _candidate(row)
                for one in sorted(set(named), key=lambda one: (one.project_path or "", one.iid))
                if one.project_path in by_path
                for row in _NAMED.run(connection, project_id=by_path[one.project_path], iids=json.dumps([one.iid]))
            ]
        return tuple(dict.fromkeys(found))

    def rewritten(self, project_id: ProjectId, paths: Sequence[str], commit: CommitFacts) -> tuple[Candidate, ...]:
        values = {"title": commit.subject, "author": commit.author_name, "authored_at": commit.authored_at}
        with self._engine.connect() as connection:
            rows = _REWRITTEN.run(connection, project_id=project_id, paths=json.dumps(list(paths)), **values)
            return _sorted(map(_candidate, rows))

    def adding(
        self, project_id: ProjectId, paths: Sequence[str], text: str, *, merged_since: int, limit: int
    ) -> tuple[Candidate, ...]:
        wanted = {"project_id": project_id, "paths": json.dumps(list(paths))}
        with self._engine.connect() as connection:
            rows = list(_DIFFS.run(connection, merged_since=merged_since, limit=limit, **wanted))
        return _sorted({_candidate(row) for row in rows if adds_line(row.diff, text)})


def _matches(connection: Connection, project_id: ProjectId, sha: str) -> Iterator[ShaMatch]:
    """A prefix is a range: `g` comes after every hexadecimal digit."""
    after = f"{sha}g" if len(sha) < _FULL_LENGTH else f"{sha}0"
    for query, role in _MATCHES:
        for row in query.run(connection, project_id=project_id, first=sha, after=after):
            yield ShaMatch(sha=row.found_sha, role=role, candidate=_candidate(row))


def _candidate(row: Row) -> Candidate:
    return Candidate(
        project_path=row.project_path,
        iid=row.iid,
        created_at=row.created_at,
        merged_at=row.merged_at if row.state == "merged" else None,
    )


def _sorted(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(set(candidates), key=lambda one: (one.project_path, one.iid)))
