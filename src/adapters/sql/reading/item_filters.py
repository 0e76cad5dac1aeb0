"""The conditions of item lists, as expressions: no text of a user's ever becomes SQL."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Table, exists, func, or_, select

from adapters.sql.item_tables import TABLES
from adapters.sql.schema import labels, milestones, users
from application.ports.item_reader import ItemFilter, ItemOrder, ItemPosition, SortField
from domain.refs import EntityKind


def conditions(chosen: ItemFilter) -> list[ColumnElement[bool]]:
    tables = TABLES[chosen.kind]
    item = tables.item
    return [
        item.c.deleted_at.is_(None),
        *_plain(item, chosen),
        *_people(chosen),
        *(_has_label(chosen.kind, name) for name in chosen.labels),
    ]


def _plain(item: Table, chosen: ItemFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.project_ids is not None:
        yield item.c.project_id.in_(chosen.project_ids)
    if chosen.state is not None:
        yield item.c.state == chosen.state
    if chosen.updated_since is not None:
        yield item.c.updated_at >= chosen.updated_since
    if chosen.updated_until is not None:
        yield item.c.updated_at <= chosen.updated_until
    if chosen.milestone is not None:
        yield item.c.milestone_id.in_(
            select(milestones.c.id).where(func.lower(milestones.c.title) == chosen.milestone.lower())
        )
    if chosen.kind is EntityKind.ISSUE:
        yield from _of_issues(item, chosen)
    else:
        yield from _of_merge_requests(item, chosen)


def _of_issues(item: Table, chosen: ItemFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.due_before is not None:
        yield item.c.due_date < chosen.due_before
    if chosen.has_due:
        yield item.c.due_date.is_not(None)


def _of_merge_requests(item: Table, chosen: ItemFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.draft is not None:
        yield item.c.draft == chosen.draft
    if chosen.source_branch is not None:
        yield item.c.source_branch == chosen.source_branch
    if chosen.target_branch is not None:
        yield item.c.target_branch == chosen.target_branch


def _people(chosen: ItemFilter) -> Iterator[ColumnElement[bool]]:
    tables = TABLES[chosen.kind]
    if chosen.author is not None:
        yield tables.item.c.author_id.in_(_users(chosen.author))
    for field, name in (("assignees", chosen.assignee), ("reviewers", chosen.reviewer)):
        if name is None:
            continue
        people = tables.people[field]
        yield exists().where(people.c[tables.key] == tables.item.c.id, people.c.user_id.in_(_users(name)))


def _users(name: str) -> ColumnElement[int]:
    return select(users.c.id).where(func.lower(users.c.username) == name.removeprefix("@").lower()).scalar_subquery()


def _has_label(kind: EntityKind, name: str) -> ColumnElement[bool]:
    tables = TABLES[kind]
    return exists().where(
        tables.labels.c[tables.key] == tables.item.c.id,
        tables.labels.c.label_id == labels.c.id,
        func.lower(labels.c.name) == name.lower(),
    )


_COLUMNS = {
    SortField.UPDATED: "updated_at",
    SortField.CREATED: "created_at",
    SortField.IID: "iid",
    SortField.TITLE: "title",
}


def sort_column(item: Table, order: ItemOrder) -> ColumnElement[object]:
    return item.c[_COLUMNS[order.field]]


def beyond(item: Table, order: ItemOrder, after: ItemPosition) -> ColumnElement[bool]:
    """Rows that come after a position; the key decides between equals, in the same direction."""
    column = sort_column(item, order)
    if order.ascending:
        return or_(column > after.value, (column == after.value) & (item.c.id > after.key))
    return or_(column < after.value, (column == after.value) & (item.c.id < after.key))
