"""Which tables and columns hold issues, and which merge requests."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, Table, func, select

from adapters.sql.schema import (
    issue_assignees,
    issue_labels,
    issues,
    labels,
    merge_requests,
    mr_assignees,
    mr_labels,
    mr_reviewers,
)
from domain.refs import EntityKind, SourceType


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTables:
    item: Table
    key: str
    """The column by which other tables point to the item."""
    source_type: SourceType
    labels: Table
    people: Mapping[str, Table]
    """By the entity's field that holds them, in order."""


TABLES = {
    EntityKind.ISSUE: ItemTables(
        item=issues,
        key="issue_id",
        source_type=SourceType.ISSUE,
        labels=issue_labels,
        people={"assignees": issue_assignees},
    ),
    EntityKind.MERGE_REQUEST: ItemTables(
        item=merge_requests,
        key="merge_request_id",
        source_type=SourceType.MERGE_REQUEST,
        labels=mr_labels,
        people={"assignees": mr_assignees, "reviewers": mr_reviewers},
    ),
}


def whole_items(kind: EntityKind) -> Select[*tuple[object, ...]]:
    """Rows of items with `labels`, a JSON array of names, and people, JSON objects from local key to place."""
    tables = TABLES[kind]
    names = (
        select(func.json_group_array(labels.c.name))
        .join_from(tables.labels, labels, labels.c.id == tables.labels.c.label_id)
        .where(tables.labels.c[tables.key] == tables.item.c.id)
    )
    people = (
        select(func.json_group_object(table.c.user_id, table.c.ordinal))
        .where(table.c[tables.key] == tables.item.c.id)
        .scalar_subquery()
        .label(field)
        for field, table in tables.people.items()
    )
    return select(tables.item, names.scalar_subquery().label("labels"), *people)
