"""What people did last on items, added up where the rows are."""

from collections import defaultdict
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, literal_column, select

from adapters.sql.item_tables import TABLES, ItemTables
from adapters.sql.prepared import Prepared, among
from adapters.sql.provenance.locating import Located
from adapters.sql.schema import discussions, notes, users
from application.ports.people_reader import ActsOnItem
from domain.acts import REVIEW_REQUEST, Act, in_order
from domain.timeline import ItemKey

_NEVER = 2**62
_LIVING = (discussions.c.deleted_at.is_(None), notes.c.deleted_at.is_(None))


def _added_up(tables: ItemTables) -> Select[Any]:
    """From an index alone; the names come later, once for a person."""
    by_person = (
        select(
            discussions.c[tables.key].label("item_id"),
            notes.c.author_id,
            notes.c.system,
            func.max(notes.c.created_at).label("at"),
            func.sum(notes.c.created_at > bindparam("looked_at")).label("new"),
        )
        .join_from(discussions, notes)
        .where(among(discussions.c[tables.key], "ids"), *_LIVING)
        .group_by(discussions.c[tables.key], notes.c.author_id, notes.c.system)
        .subquery()
    )
    of_person = by_person.c
    return select(
        of_person.item_id,
        users.c.username,
        of_person.system,
        literal_column("''").label("body"),
        of_person.at,
        of_person.new,
    ).join_from(by_person, users, of_person.author_id == users.c.id)


def _requests(tables: ItemTables) -> Select[Any]:
    """What GitLab noted is found by an index, so that no texts of people are read."""
    noted = (
        select(discussions.c[tables.key].label("item_id"), notes.c.id)
        .join_from(discussions, notes)
        .where(among(discussions.c[tables.key], "ids"), notes.c.system.is_(True), *_LIVING)
        .subquery()
    )
    return (
        select(
            noted.c.item_id,
            users.c.username,
            notes.c.system,
            notes.c.body,
            notes.c.created_at.label("at"),
            literal_column("0").label("new"),
        )
        .join_from(noted, notes, noted.c.id == notes.c.id)
        .join(users, notes.c.author_id == users.c.id)
        .where(func.substr(notes.c.body, 1, len(REVIEW_REQUEST)) == REVIEW_REQUEST)
    )


_LAST = {kind: Prepared(partial(_added_up, tables)) for kind, tables in TABLES.items()}
_REQUESTS = {kind: Prepared(partial(_requests, tables)) for kind, tables in TABLES.items()}


def acts_on(connection: Connection, one: Located, me: str, looked_at: int | None) -> dict[ItemKey, ActsOnItem]:
    new: dict[ItemKey, int] = defaultdict(int)
    done: dict[ItemKey, list[Act]] = {key: [] for key in one.keys.values()}
    last = _LAST[one.kind].run(connection, ids=one.ids, looked_at=_NEVER if looked_at is None else looked_at)
    for row in (*last, *_REQUESTS[one.kind].run(connection, ids=one.ids)):
        key = one.keys[row.item_id]
        done[key].append(Act(username=row.username, at=row.at, body=row.body, spoken=not row.system))
        if not row.system and row.username.lower() != me.lower():
            new[key] += row.new
    return {key: ActsOnItem(last=tuple(sorted(acts, key=in_order)), new=new[key]) for key, acts in done.items()}
