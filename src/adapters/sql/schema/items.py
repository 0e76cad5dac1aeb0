"""Issues and merge requests, with their labels and people."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from adapters.sql.schema.columns import (
    below,
    flag,
    gone,
    local_key,
    maybe_flag,
    maybe_moment,
    maybe_number,
    maybe_person,
    maybe_words,
    metadata,
    moment,
    number,
    person,
    words,
)


def _milestone() -> Column[int]:
    return Column("milestone_id", Integer, ForeignKey("milestones.id", ondelete="SET NULL"), index=True)


issues = Table(
    "issues",
    metadata,
    local_key(),
    below("project_id", "projects"),
    number("gitlab_id"),
    number("iid"),
    words("title"),
    words("description"),
    words("state"),
    person("author_id"),
    moment("created_at"),
    moment("updated_at"),
    words("web_url"),
    maybe_moment("closed_at"),
    maybe_person("closed_by_id"),
    _milestone(),
    maybe_words("due_date"),
    flag("confidential"),
    maybe_flag("discussion_locked"),
    words("issue_type"),
    number("user_notes_count"),
    number("upvotes"),
    number("downvotes"),
    maybe_number("weight"),
    maybe_number("moved_to_gitlab_id"),
    moment("last_seen_at"),
    maybe_moment("deleted_at"),
    UniqueConstraint("project_id", "iid"),
)
merge_requests = Table(
    "merge_requests",
    metadata,
    local_key(),
    below("project_id", "projects"),
    number("gitlab_id"),
    number("iid"),
    words("title"),
    words("description"),
    words("state"),
    person("author_id"),
    moment("created_at"),
    moment("updated_at"),
    words("web_url"),
    words("source_branch"),
    words("target_branch"),
    maybe_number("source_project_gitlab_id"),
    maybe_number("target_project_gitlab_id"),
    maybe_moment("merged_at"),
    maybe_person("merge_user_id"),
    maybe_moment("closed_at"),
    maybe_person("closed_by_id"),
    _milestone(),
    flag("draft"),
    maybe_flag("discussion_locked"),
    words("detailed_merge_status"),
    maybe_words("sha"),
    maybe_words("merge_commit_sha"),
    maybe_words("squash_commit_sha"),
    number("user_notes_count"),
    number("upvotes"),
    number("downvotes"),
    moment("last_seen_at"),
    maybe_moment("deleted_at"),
    UniqueConstraint("project_id", "iid"),
)
for _table in (issues, merge_requests):
    Index(f"{_table.name}_by_gitlab_id", _table.c.gitlab_id)
    Index(f"{_table.name}_by_update", _table.c.updated_at)
    Index(f"{_table.name}_by_project_update", _table.c.project_id, _table.c.updated_at)
    Index(f"{_table.name}_by_project_state", _table.c.project_id, _table.c.state, _table.c.updated_at)
    Index(f"{_table.name}_by_author", _table.c.author_id, _table.c.updated_at)
gone(issues, merge_requests)
Index(
    "merge_requests_in_brief",  # all that counting and sorting needs: in the rows, it lies behind the descriptions
    merge_requests.c.project_id,
    merge_requests.c.iid,
    merge_requests.c.state,
    merge_requests.c.created_at,
    merge_requests.c.merged_at,
    merge_requests.c.closed_at,
    merge_requests.c.target_branch,
    merge_requests.c.author_id,
    merge_requests.c.deleted_at,
)
for _name in ("sha", "merge_commit_sha", "squash_commit_sha"):
    _column = merge_requests.c[_name]
    Index(f"merge_requests_by_{_name}", _column, sqlite_where=_column.is_not(None))


def _joining(name: str, item: str, other: str, *extra: Column[int]) -> Table:
    """A table of pairs; `item` and `other` name the tables that it joins."""
    item_key, other_key = _KEYS[item], _KEYS[other]
    table = Table(
        name,
        metadata,
        Column(item_key, Integer, ForeignKey(f"{item}.id", ondelete="CASCADE"), primary_key=True),
        Column(other_key, Integer, ForeignKey(f"{other}.id", ondelete="CASCADE"), primary_key=True),
        *extra,
        sqlite_with_rowid=False,
    )
    Index(f"{name}_by_{other_key}", table.c[other_key])
    return table


_KEYS = {"issues": "issue_id", "merge_requests": "merge_request_id", "labels": "label_id", "users": "user_id"}

issue_labels = _joining("issue_labels", "issues", "labels")
mr_labels = _joining("mr_labels", "merge_requests", "labels")
issue_assignees = _joining("issue_assignees", "issues", "users", number("ordinal"))
mr_assignees = _joining("mr_assignees", "merge_requests", "users", number("ordinal"))
mr_reviewers = _joining("mr_reviewers", "merge_requests", "users", number("ordinal"))
