"""Events, links, closes, diffs and commits as the values of their rows."""

import json
from collections.abc import Mapping

from sqlalchemy import Table

from adapters.sql.schema import (
    issue_links,
    mr_closes_issues,
    mr_commits,
    mr_file_changes,
    resource_label_events,
    resource_milestone_events,
    resource_state_events,
)
from domain.entities import (
    ClosesIssue,
    Commit,
    DependentRecord,
    FileChange,
    IssueLink,
    LabelEvent,
    MilestoneEvent,
    StateEvent,
)
from domain.refs import DependentKind

TABLE_OF: Mapping[DependentKind, Table] = {
    DependentKind.STATE_EVENTS: resource_state_events,
    DependentKind.LABEL_EVENTS: resource_label_events,
    DependentKind.MILESTONE_EVENTS: resource_milestone_events,
    DependentKind.ISSUE_LINKS: issue_links,
    DependentKind.CLOSES_ISSUES: mr_closes_issues,
    DependentKind.DIFFS: mr_file_changes,
    DependentKind.COMMITS: mr_commits,
}
"""Every set but the discussions, which have two tables."""

_EVENT = ("gitlab_id", "created_at")
_SAME_NAME: Mapping[type, tuple[str, ...]] = {
    StateEvent: (*_EVENT, "state", "source_commit", "source_merge_request_gitlab_id"),
    LabelEvent: (*_EVENT, "action", "label"),
    MilestoneEvent: (*_EVENT, "action", "milestone"),
    IssueLink: ("gitlab_id", "link_type", "target_project_path", "target_iid"),
    ClosesIssue: ("target_project_path", "target_iid", "external_id"),
    FileChange: (
        "old_path",
        "new_path",
        "new_file",
        "renamed_file",
        "deleted_file",
        "too_large",
        "generated_file",
        "a_mode",
        "b_mode",
        "diff",
    ),
    Commit: ("sha", "title", "message", "author_name"),
}


def values_of(record: DependentRecord, people: Mapping[int, int]) -> dict[str, object]:
    """`people` are local keys by GitLab id. The names are GitLab's own."""
    row = {name: getattr(record, name) for name in _SAME_NAME[type(record)]}
    match record:
        case StateEvent() | LabelEvent() | MilestoneEvent():
            row["user_id"] = None if record.user is None else people[record.user.gitlab_id]
        case IssueLink():
            row["link_created_at"] = record.created_at
        case Commit():
            row["authored_date"] = record.authored_at
            row["committed_date"] = record.committed_at
            row["parent_ids"] = json.dumps(record.parent_shas)
    return row
