"""The statements that read and write the rows of issues, and those of merge requests."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from adapters.sql.item_tables import TABLES, whole_items
from adapters.sql.prepared import Prepared, inserting_for_key
from adapters.sql.schema import discussions, notes
from domain.refs import EntityKind

_ITEM_ID = bindparam("item_id", type_=Integer)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStatements:
    brief: Prepared
    whole: Prepared
    insert: Prepared
    change: Prepared
    see: Prepared
    """The item is as it was, seen again."""
    living_threads: Prepared
    drop_labels: Prepared
    add_label: Prepared
    drop_people: Mapping[str, Prepared]
    add_person: Mapping[str, Prepared]
    burying: tuple[Prepared, ...]
    """Tombstones for the item, its threads and their notes, as far as they live."""


def _statements(kind: EntityKind) -> ItemStatements:
    tables = TABLES[kind]
    item = tables.item
    named = (item.c.project_id == bindparam("project_id"), item.c.iid == bindparam("iid"))
    fields = [column.name for column in item.columns if column.name not in {"id", "project_id", "last_seen_at"}]
    this = update(item).where(item.c.id == _ITEM_ID)
    label_key = tables.labels.c[tables.key]
    return ItemStatements(
        brief=Prepared(
            select(item.c.id, item.c.gitlab_id, item.c.updated_at, item.c.last_seen_at, item.c.deleted_at).where(*named)
        ),
        whole=Prepared(whole_items(kind).where(*named)),
        insert=inserting_for_key(item),
        change=Prepared(this.values({name: bindparam(name) for name in (*fields, "last_seen_at")})),
        see=Prepared(this.values(last_seen_at=bindparam("last_seen_at"))),
        living_threads=Prepared(
            select(discussions.c.id).where(discussions.c[tables.key] == _ITEM_ID, discussions.c.deleted_at.is_(None))
        ),
        drop_labels=Prepared(delete(tables.labels).where(label_key == _ITEM_ID)),
        add_label=Prepared(insert(tables.labels).values({tables.key: _ITEM_ID, "label_id": bindparam("label_id")})),
        drop_people={
            field: Prepared(delete(table).where(table.c[tables.key] == _ITEM_ID))
            for field, table in tables.people.items()
        },
        add_person={
            field: Prepared(
                insert(table).values(
                    {tables.key: _ITEM_ID, "user_id": bindparam("user_id"), "ordinal": bindparam("ordinal")}
                )
            )
            for field, table in tables.people.items()
        },
        burying=_burying(kind),
    )


def _burying(kind: EntityKind) -> tuple[Prepared, ...]:
    tables = TABLES[kind]
    threads = select(discussions.c.id).where(discussions.c[tables.key] == _ITEM_ID)
    return tuple(
        Prepared(
            update(table).where(condition, table.c.deleted_at.is_(None)).values(deleted_at=bindparam("deleted_at"))
        )
        for table, condition in (
            (tables.item, tables.item.c.id == _ITEM_ID),
            (discussions, discussions.c[tables.key] == _ITEM_ID),
            (notes, notes.c.discussion_id.in_(threads)),
        )
    )


STATEMENTS = {kind: _statements(kind) for kind in EntityKind}
