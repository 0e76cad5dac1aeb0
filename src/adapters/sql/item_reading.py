"""Issues and merge requests read back from their rows."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from adapters.sql.item_tables import TABLES, whole_items
from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.schema import milestones, projects, users
from domain.entities import Entity, Issue, MergeRequest, Milestone, User
from domain.refs import EntityKind, ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    item_id: int
    project_id: ProjectId
    project_path: str
    entity: Entity


def _living(kind: EntityKind) -> Prepared:
    item = TABLES[kind].item
    return Prepared(
        whole_items(kind)
        .add_columns(projects.c.path.label("project_path"))
        .join(projects, item.c.project_id == projects.c.id)
        .where(among(item.c.id, "ids"), item.c.deleted_at.is_(None))
    )


_LIVING = {kind: _living(kind) for kind in EntityKind}
_USERS = Prepared(select(users).where(among(users.c.id, "ids")))
_MILESTONES = Prepared(select(milestones).where(among(milestones.c.id, "ids")))
_PERSON_KEYS = ("author_id", "closed_by_id", "merge_user_id")
_ELSEWHERE = {
    "id",
    "project_id",
    "project_path",
    "last_seen_at",
    "deleted_at",
    "milestone_id",
    "labels",
    "assignees",
    "reviewers",
    *_PERSON_KEYS,
}
_FLAGS = ("confidential", "draft", "discussion_locked")


def living_items(connection: Connection, kind: EntityKind, ids: Collection[int]) -> dict[int, StoredItem]:
    """By local key; those that are gone or have a tombstone are left out."""
    rows = list(_LIVING[kind].run(connection, ids=json.dumps(list(ids))))
    people = users_by_key(connection, (key for row in rows for key in _people_keys(row)))
    plans = _milestones(connection, (row.milestone_id for row in rows))
    return {
        row.id: StoredItem(
            item_id=row.id,
            project_id=ProjectId(row.project_id),
            project_path=row.project_path,
            entity=_entity(kind, row, people, plans),
        )
        for row in rows
    }


def users_by_key(connection: Connection, keys: Iterable[int | None]) -> dict[int, User]:
    wanted = json.dumps(sorted({key for key in keys if key is not None}))
    return {
        row.id: User(gitlab_id=row.gitlab_id, username=row.username, name=row.name, web_url=row.web_url)
        for row in _USERS.run(connection, ids=wanted)
    }


def _people_keys(row: Row) -> Iterable[int | None]:
    for field in ("assignees", "reviewers"):
        yield from map(int, json.loads(getattr(row, field, "{}")))
    for name in _PERSON_KEYS:
        yield getattr(row, name, None)


def _milestones(connection: Connection, keys: Iterable[int | None]) -> dict[int, Milestone]:
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    return {
        row.id: Milestone(
            gitlab_id=row.gitlab_id,
            iid=row.iid,
            title=row.title,
            state=row.state,
            due_date=row.due_date,
            web_url=row.web_url,
        )
        for row in _MILESTONES.run(connection, ids=json.dumps(sorted(wanted)))
    }


def _entity(kind: EntityKind, row: Row, people: Mapping[int, User], plans: Mapping[int, Milestone]) -> Entity:
    fields: dict[str, Any] = row._asdict()
    values = {name: value for name, value in fields.items() if name not in _ELSEWHERE}
    values |= {name: bool(values[name]) for name in _FLAGS if values.get(name) is not None}
    values["author"] = people[row.author_id]
    values["closed_by"] = people.get(row.closed_by_id)
    values["milestone"] = plans.get(row.milestone_id)
    values["labels"] = tuple(sorted(json.loads(row.labels)))
    values["assignees"] = _in_order(row.assignees, people)
    if kind is EntityKind.ISSUE:
        return Issue(**values)
    values["merge_user"] = people.get(row.merge_user_id)
    return MergeRequest(**values, reviewers=_in_order(row.reviewers, people))


def _in_order(places: str, people: Mapping[int, User]) -> tuple[User, ...]:
    numbered: dict[str, int] = json.loads(places)
    return tuple(people[int(key)] for key in sorted(numbered, key=lambda key: numbered[key]))
