"""References from and to an item, resolved by path and iid at the moment of reading (sync.md rule 6)."""

import json
from itertools import chain

from sqlalchemy import Connection, bindparam, select, union

from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.schema import entity_references, merge_requests, project_aliases, projects
from application.ports.item_reader import ReadReference
from domain.refs import EntityKind, EntityRef

_ALL = entity_references
_FROM = Prepared(
    select(_ALL)
    .where(_ALL.c.source_kind == bindparam("kind"), _ALL.c.source_entity_id == bindparam("item_id"))
    .order_by(_ALL.c.id)
)
_PATHS_OF = Prepared(
    union(
        select(projects.c.path).where(projects.c.id == bindparam("project_id")),
        select(project_aliases.c.path).where(project_aliases.c.project_id == bindparam("project_id")),
    )
)


def _source(kind: EntityKind) -> Prepared:
    item = TABLES[kind].item
    return Prepared(
        select(_ALL.c.relation, _ALL.c.origin, projects.c.path, item.c.iid, item.c.title, item.c.state)
        .join_from(_ALL, item, _ALL.c.source_entity_id == item.c.id)
        .join(projects, item.c.project_id == projects.c.id)
        .where(
            _ALL.c.source_kind == kind,
            _ALL.c.target_kind == bindparam("kind"),
            _ALL.c.target_iid == bindparam("iid"),
            among(_ALL.c.target_project_path, "paths"),
            item.c.deleted_at.is_(None),
        )
        .order_by(_ALL.c.id)
    )


def _target(kind: EntityKind) -> Prepared:
    """The item behind a path, present or former, and an iid."""
    item = TABLES[kind].item
    owners = union(
        select(projects.c.id).where(projects.c.path == bindparam("path")),
        select(project_aliases.c.project_id).where(project_aliases.c.path == bindparam("path")),
    ).subquery()
    return Prepared(
        select(item.c.title, item.c.state).where(
            item.c.iid == bindparam("iid"), item.c.project_id.in_(select(owners.c.id)), item.c.deleted_at.is_(None)
        )
    )


_SOURCES = {kind: _source(kind) for kind in EntityKind}
_TARGETS = {kind: _target(kind) for kind in EntityKind}
_BY_GITLAB_ID = Prepared(
    select(projects.c.path, merge_requests.c.iid)
    .join_from(merge_requests, projects)
    .where(merge_requests.c.gitlab_id == bindparam("gitlab_id"))
)


def references_from(connection: Connection, kind: EntityKind, item_id: int) -> tuple[ReadReference, ...]:
    rows = list(_FROM.run(connection, kind=kind, item_id=item_id))
    found = (_outgoing(connection, row) for row in rows)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _outgoing(connection: Connection, row: Row) -> ReadReference | None:
    path, iid, kind = row.target_project_path, row.target_iid, EntityKind(row.target_kind)
    if path is None and row.target_gitlab_id is not None:
        known = _BY_GITLAB_ID.run(connection, gitlab_id=row.target_gitlab_id).first()
        if known is None:
            return None
        path, iid = known.path, known.iid
    target = _TARGETS[kind].run(connection, path=path, iid=iid).first()
    return ReadReference(
        project_path=path,
        kind=kind,
        iid=iid,
        relation=row.relation,
        origin=row.origin,
        title=target.title if target else None,
        state=target.state if target else None,
    )


def references_to(connection: Connection, ref: EntityRef) -> tuple[ReadReference, ...]:
    paths = json.dumps(list(_PATHS_OF.run(connection, project_id=ref.project_id).scalars()))
    rows = chain.from_iterable(
        ((kind, row) for row in source.run(connection, kind=ref.kind, iid=ref.iid, paths=paths))
        for kind, source in _SOURCES.items()
    )
    return tuple(
        dict.fromkeys(
            ReadReference(
                project_path=row.path,
                kind=kind,
                iid=row.iid,
                relation=row.relation,
                origin=row.origin,
                title=row.title,
                state=row.state,
            )
            for kind, row in rows
        )
    )
