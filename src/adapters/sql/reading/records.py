"""Dependent sets read back from their rows."""

import json
from collections.abc import Callable, Mapping

from sqlalchemy import bindparam, select

from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, Row
from adapters.sql.record_rows import TABLE_OF
from adapters.sql.schema import discussions
from domain.entities import (
    ClosesIssue,
    Commit,
    DependentRecord,
    FileChange,
    IssueLink,
    LabelEvent,
    MilestoneEvent,
    StateEvent,
    User,
)
from domain.refs import DependentKind, EntityKind, dependents_of

People = Mapping[int, User]
"""By local key."""


def _rows_of(kind: EntityKind, dependent: DependentKind) -> Prepared:
    table = TABLE_OF[dependent]
    return Prepared(select(table).where(table.c[TABLES[kind].key] == bindparam("item_id")).order_by(table.c.id))


ROWS = {
    (kind, dependent): _rows_of(kind, dependent)
    for kind in EntityKind
    for dependent in dependents_of(kind)
    if dependent in TABLE_OF
}
THREAD_KEYS = {
    kind: Prepared(
        select(discussions.c.id)
        .where(discussions.c[TABLES[kind].key] == bindparam("item_id"), discussions.c.deleted_at.is_(None))
        .order_by(discussions.c.id)
    )
    for kind in EntityKind
}


def record_from(dependent: DependentKind, row: Row, people: People) -> DependentRecord:
    return _READERS[dependent](row, people)


def _state_event(row: Row, people: People) -> DependentRecord:
    return StateEvent(
        gitlab_id=row.gitlab_id,
        state=row.state,
        created_at=row.created_at,
        user=people.get(row.user_id),
        source_commit=row.source_commit,
        source_merge_request_gitlab_id=row.source_merge_request_gitlab_id,
    )


def _label_event(row: Row, people: People) -> DependentRecord:
    return LabelEvent(
        gitlab_id=row.gitlab_id,
        action=row.action,
        created_at=row.created_at,
        label=row.label,
        user=people.get(row.user_id),
    )


def _milestone_event(row: Row, people: People) -> DependentRecord:
    return MilestoneEvent(
        gitlab_id=row.gitlab_id,
        action=row.action,
        created_at=row.created_at,
        milestone=row.milestone,
        user=people.get(row.user_id),
    )


def _issue_link(row: Row, _people: People) -> DependentRecord:
    return IssueLink(
        gitlab_id=row.gitlab_id,
        link_type=row.link_type,
        target_project_path=row.target_project_path,
        target_iid=row.target_iid,
        created_at=row.link_created_at,
    )


def _closes_issue(row: Row, _people: People) -> DependentRecord:
    return ClosesIssue(
        target_project_path=row.target_project_path, target_iid=row.target_iid, external_id=row.external_id
    )


def _file_change(row: Row, _people: People) -> DependentRecord:
    return FileChange(
        old_path=row.old_path,
        new_path=row.new_path,
        new_file=bool(row.new_file),
        renamed_file=bool(row.renamed_file),
        deleted_file=bool(row.deleted_file),
        too_large=bool(row.too_large),
        generated_file=bool(row.generated_file),
        a_mode=row.a_mode,
        b_mode=row.b_mode,
        diff=row.diff,
    )


def _commit(row: Row, _people: People) -> DependentRecord:
    return Commit(
        sha=row.sha,
        title=row.title,
        message=row.message,
        author_name=row.author_name,
        authored_at=row.authored_date,
        committed_at=row.committed_date,
        parent_shas=tuple(json.loads(row.parent_ids)),
    )


_READERS: Mapping[DependentKind, Callable[[Row, People], DependentRecord]] = {
    DependentKind.STATE_EVENTS: _state_event,
    DependentKind.LABEL_EVENTS: _label_event,
    DependentKind.MILESTONE_EVENTS: _milestone_event,
    DependentKind.ISSUE_LINKS: _issue_link,
    DependentKind.CLOSES_ISSUES: _closes_issue,
    DependentKind.DIFFS: _file_change,
    DependentKind.COMMITS: _commit,
}
