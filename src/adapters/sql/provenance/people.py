"""Port `PeopleReader`."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, bindparam, case, func, select

from adapters.sql.item_tables import TABLES, ItemTables
from adapters.sql.prepared import Prepared, Row, among, escaped
from adapters.sql.provenance.acts import acts_on
from adapters.sql.provenance.locating import instance_of, located
from adapters.sql.provenance.note_statements import LIVING_ITEM, OF_ITEM, SPOKEN, item_key, note_seen, notes_with_items
from adapters.sql.provenance.parts import parts_taken
from adapters.sql.provenance.reviews import reviews_by
from adapters.sql.provenance.touching import touching
from adapters.sql.schema import discussions, instances, issues, merge_requests, notes, projects, users
from application.ports.people_reader import ActiveThread, ActsOnItem, ExpertiseQuery, NoteSeen, PartsTaken, ReviewsDone
from domain.attention import speaks_to
from domain.entities import User
from domain.expertise import TouchingMergeRequest
from domain.refs import EntityKind, ProjectId
from domain.timeline import ItemKey

_USERS = Prepared(
    select(users).where(func.lower(users.c.username) == bindparam("username")).order_by(users.c.instance_id, users.c.id)
)
_SIMILAR = Prepared(
    select(users.c.username)
    .distinct()
    .where(func.instr(func.lower(users.c.username), bindparam("part")) > 0)
    .order_by(users.c.username)
    .limit(bindparam("limit"))
)


def _names(text: ColumnElement[str]) -> ColumnElement[bool]:
    """LIKE takes no notice of case, and half the time of lowering each text."""
    return text.like(bindparam("name"), escape="\\")


_IN_PROJECTS = among(notes.c.project_id, "project_ids")
_SINCE = notes.c.created_at >= bindparam("since")
_NEWEST = (notes.c.created_at.desc(), notes.c.gitlab_id.desc())
_NOTES_NAMING = Prepared(
    notes_with_items()
    .where(
        _IN_PROJECTS,
        _SINCE,
        _names(notes.c.body),
        func.lower(users.c.username) != bindparam("username"),
    )
    .order_by(*_NEWEST)
)


def _notes_on(tables: ItemTables) -> Select[*tuple[object, ...]]:
    return (
        notes_with_items()
        .where(among(discussions.c[tables.key], "ids"), _SINCE, func.lower(users.c.username) != bindparam("username"))
        .order_by(*_NEWEST)
        .limit(bindparam("limit"))
    )


def _descriptions(kind: EntityKind, item: Table) -> Select[Any]:
    return (
        select(
            instances.c.name.label("instance"),
            projects.c.path.label("project_path"),
            item.c.iid,
            item.c.title,
            item.c.description,
            item.c.created_at,
            item.c.web_url,
            users.c.username,
            case((item.c.id.is_not(None), kind)).label("kind"),
        )
        .select_from(item)
        .join(projects, item.c.project_id == projects.c.id)
        .join(instances, projects.c.instance_id == instances.c.id)
        .join(users, item.c.author_id == users.c.id)
        .where(
            among(item.c.project_id, "project_ids"),
            item.c.updated_at >= bindparam("since"),
            item.c.created_at >= bindparam("since"),
            item.c.deleted_at.is_(None),
            _names(item.c.description),
            func.lower(users.c.username) != bindparam("username"),
        )
    )


_NOTES_ON = {kind: Prepared(partial(_notes_on, tables)) for kind, tables in TABLES.items()}
_DESCRIPTIONS = [Prepared(partial(_descriptions, kind, tables.item)) for kind, tables in TABLES.items()]
_BUSY = Prepared(
    select(notes.c.discussion_id, func.count().label("notes"), func.max(notes.c.created_at).label("last_at"))
    .where(_IN_PROJECTS, _SINCE, notes.c.system.is_(False), notes.c.deleted_at.is_(None))
    .group_by(notes.c.discussion_id)
    .having(func.count() > 1)
    .order_by(func.count().desc(), func.max(notes.c.created_at).desc(), notes.c.discussion_id)
    .limit(bindparam("limit"))
)
_THREADS = Prepared(
    select(
        discussions.c.id,
        discussions.c.gitlab_id.label("discussion_id"),
        notes.c.gitlab_id,
        notes.c.body,
        notes.c.created_at,
        users.c.username,
        *OF_ITEM,
    )
    .select_from(discussions)
    .join(notes, notes.c.discussion_id == discussions.c.id)
    .join(projects, discussions.c.project_id == projects.c.id)
    .join(instances, projects.c.instance_id == instances.c.id)
    .join(users, notes.c.author_id == users.c.id)
    .outerjoin(issues, discussions.c.issue_id == issues.c.id)
    .outerjoin(merge_requests, discussions.c.merge_request_id == merge_requests.c.id)
    .where(among(discussions.c.id, "ids"), *SPOKEN, LIVING_ITEM)
    .order_by(notes.c.ordinal)
)


class SqlPeopleReader:
    """Port `PeopleReader`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def users(self, username: str) -> tuple[User, ...]:
        with self._engine.connect() as connection:
            return tuple(
                User(gitlab_id=row.gitlab_id, username=row.username, name=row.name, web_url=row.web_url)
                for row in _USERS.run(connection, username=username.lower())
            )

    def similar_usernames(self, username: str, *, limit: int) -> tuple[str, ...]:
        with self._engine.connect() as connection:
            for part in (username.lower(), username.lower()[:4]):
                found = tuple(_SIMILAR.run(connection, part=part, limit=limit).scalars()) if part else ()
                if found:
                    return found
        return ()

    def touching(self, query: ExpertiseQuery) -> tuple[TouchingMergeRequest, ...]:
        with self._engine.connect() as connection:
            return tuple(touching(connection, query))

    def parts_taken(
        self, username: str, project_ids: Collection[ProjectId], *, open_only: bool, since: int, limit: int
    ) -> PartsTaken:
        with self._engine.connect() as connection:
            keys = _user_keys(connection, username)
            return parts_taken(connection, keys, project_ids, open_only=open_only, since=since, limit=limit)

    def reviews_by(self, username: str, project_ids: Collection[ProjectId], *, since: int, limit: int) -> ReviewsDone:
        with self._engine.connect() as connection:
            return reviews_by(connection, _user_keys(connection, username), project_ids, since=since, limit=limit)

    def acts_on(
        self, instance: str, items: Sequence[ItemKey], *, me: str, looked_at: int | None
    ) -> dict[ItemKey, ActsOnItem]:
        with self._engine.connect() as connection:
            found = located(connection, instance_of(connection, instance), items)
            return {key: acts for one in found for key, acts in acts_on(connection, one, me, looked_at).items()}

    def notes_mentioning(
        self, username: str, project_ids: Collection[ProjectId], *, since: int, limit: int
    ) -> tuple[NoteSeen, ...]:
        sought = {"username": username.lower(), "name": f"%@{escaped(username)}%"}
        values = sought | {"project_ids": _listed(project_ids)}
        with self._engine.connect() as connection:
            seen = map(note_seen, _NOTES_NAMING.run(connection, since=since, **values))
            found = list(islice((note for note in seen if speaks_to(note.body, username)), limit))
            for query in _DESCRIPTIONS:
                described = map(_described, query.run(connection, since=since, **values))
                found += [one for one in described if speaks_to(one.body, username)]
        return tuple(sorted(found, key=_newest_first)[:limit])

    def notes_on(
        self, instance: str, items: Sequence[ItemKey], *, without: str, since: int, limit: int
    ) -> tuple[NoteSeen, ...]:
        with self._engine.connect() as connection:
            found = [
                note_seen(row)
                for one in located(connection, instance_of(connection, instance), items)
                for row in _NOTES_ON[one.kind].run(
                    connection, ids=one.ids, since=since, limit=limit, username=without.lower()
                )
            ]
        return tuple(sorted(found, key=_newest_first)[:limit])

    def active_threads(self, project_ids: Collection[ProjectId], *, since: int, limit: int) -> tuple[ActiveThread, ...]:
        with self._engine.connect() as connection:
            busy = list(_BUSY.run(connection, project_ids=_listed(project_ids), since=since, limit=limit))
            said: dict[int, list[Row]] = defaultdict(list)
            for row in _THREADS.run(connection, ids=json.dumps([row.discussion_id for row in busy])):
                said[row.id].append(row)
        return tuple(_active(one, said[one.discussion_id], since) for one in busy if one.discussion_id in said)


def _user_keys(connection: Connection, username: str) -> list[int]:
    return [row.id for row in _USERS.run(connection, username=username.lower())]


def _described(row: Row) -> NoteSeen:
    return NoteSeen(
        instance=row.instance,
        item=item_key(row),
        item_title=row.title,
        gitlab_discussion_id=None,
        gitlab_note_id=None,
        author=row.username,
        created_at=row.created_at,
        body=row.description,
        web_url=row.web_url,
    )


def _newest_first(note: NoteSeen) -> tuple[int, int, ItemKey]:
    return -note.created_at, -(note.gitlab_note_id or 0), note.item


def _active(busy: Row, said: Sequence[Row], since: int) -> ActiveThread:
    first = said[0]
    lately = dict.fromkeys(row.username for row in said if row.created_at >= since)
    return ActiveThread(
        instance=first.instance,
        item=item_key(first),
        item_title=first.title,
        gitlab_discussion_id=first.discussion_id,
        first_note_id=first.gitlab_id,
        notes=busy.notes,
        participants=tuple(lately),
        last_at=busy.last_at,
        excerpt=first.body,
        web_url=f"{first.item_url}#note_{first.gitlab_id}",
    )


def _listed(project_ids: Collection[ProjectId]) -> str:
    return json.dumps(sorted(project_ids))
