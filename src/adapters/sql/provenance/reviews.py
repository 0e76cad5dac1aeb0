"""What somebody said on merge requests by others, counted."""

import json
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, func, select

from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import discussions, instances, merge_requests, notes, projects
from application.ports.people_reader import MOST_NOTES, ReviewDone, ReviewsDone
from domain.refs import EntityKind, ProjectId
from domain.timeline import ItemKey

_NEWEST = (
    select(notes.c.discussion_id, notes.c.created_at, notes.c.new_path)
    .where(
        among(notes.c.author_id, "ids"),
        among(notes.c.project_id + 0, "project_ids"),  # not by project: the index on authors finds far fewer rows
        notes.c.created_at >= bindparam("since"),
        notes.c.system.is_(False),
        notes.c.deleted_at.is_(None),
    )
    .order_by(notes.c.created_at.desc())
    .limit(MOST_NOTES)
    .subquery()
)
_BY_MERGE_REQUEST = (
    select(
        discussions.c.merge_request_id,
        func.count().label("notes"),
        func.count(_NEWEST.c.new_path).label("diff_notes"),
        func.max(_NEWEST.c.created_at).label("last_at"),
    )
    .select_from(_NEWEST)
    .join(discussions, _NEWEST.c.discussion_id == discussions.c.id)
    .where(discussions.c.deleted_at.is_(None), discussions.c.merge_request_id.is_not(None))
    .group_by(discussions.c.merge_request_id)
    .subquery()
)
_REVIEWS = Prepared(
    select(
        merge_requests.c.iid,
        projects.c.path,
        instances.c.name,
        _BY_MERGE_REQUEST.c.notes,
        _BY_MERGE_REQUEST.c.diff_notes,
        _BY_MERGE_REQUEST.c.last_at,
        func.count().over().label("total"),
    )
    .select_from(_BY_MERGE_REQUEST)
    .join(merge_requests, merge_requests.c.id == _BY_MERGE_REQUEST.c.merge_request_id)
    .join(projects, merge_requests.c.project_id == projects.c.id)
    .join(instances, projects.c.instance_id == instances.c.id)
    .where(merge_requests.c.deleted_at.is_(None), ~among(merge_requests.c.author_id, "ids"))
    .order_by(_BY_MERGE_REQUEST.c.last_at.desc(), projects.c.path, merge_requests.c.iid.desc())
    .limit(bindparam("limit"))
)
_FILES = Prepared(
    select(_NEWEST.c.new_path, func.count().label("notes"))
    .select_from(_NEWEST)
    .join(discussions, _NEWEST.c.discussion_id == discussions.c.id)
    .join(merge_requests, discussions.c.merge_request_id == merge_requests.c.id)
    .where(
        _NEWEST.c.new_path.is_not(None),
        discussions.c.deleted_at.is_(None),
        merge_requests.c.deleted_at.is_(None),
        ~among(merge_requests.c.author_id, "ids"),
    )
    .group_by(_NEWEST.c.new_path)
)


def reviews_by(
    connection: Connection, user_keys: Sequence[int], project_ids: Collection[ProjectId], *, since: int, limit: int
) -> ReviewsDone:
    asked = {"ids": json.dumps(list(user_keys)), "project_ids": json.dumps(sorted(project_ids)), "since": since}
    rows = list(_REVIEWS.run(connection, limit=limit, **asked))
    reviews = tuple(
        ReviewDone(
            instance=row.name,
            item=ItemKey(row.path, EntityKind.MERGE_REQUEST, row.iid),
            notes=row.notes,
            diff_notes=row.diff_notes,
            last_at=row.last_at,
        )
        for row in rows
    )
    files = {row.new_path: row.notes for row in _FILES.run(connection, **asked)}
    return ReviewsDone(total=rows[0].total if rows else 0, reviews=reviews, files=files)
