"""What belongs to an item and comes by requests of its own: threads, events, links, diffs, commits."""

from sqlalchemy import CheckConstraint, Column, Index, Table, UniqueConstraint, text

from adapters.sql.schema.columns import (
    below,
    flag,
    gone,
    local_key,
    maybe_below,
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


def _of_one_item() -> tuple[Column[int], Column[int], CheckConstraint]:
    return (
        maybe_below("issue_id", "issues", index=True),
        maybe_below("merge_request_id", "merge_requests", index=True),
        CheckConstraint("(issue_id IS NULL) <> (merge_request_id IS NULL)"),
    )


discussions = Table(
    "discussions",
    metadata,
    local_key(),
    below("project_id", "projects", index=True),
    maybe_below("issue_id", "issues"),
    maybe_below("merge_request_id", "merge_requests"),
    words("gitlab_id"),
    flag("individual_note"),
    maybe_moment("deleted_at"),
    UniqueConstraint("issue_id", "gitlab_id"),
    UniqueConstraint("merge_request_id", "gitlab_id"),
    CheckConstraint("(issue_id IS NULL) <> (merge_request_id IS NULL)"),
)

notes = Table(
    "notes",
    metadata,
    local_key(),
    below("project_id", "projects"),
    below("discussion_id", "discussions"),
    number("gitlab_id"),
    number("ordinal"),
    maybe_words("type"),
    words("body"),
    person("author_id"),
    moment("created_at"),
    moment("updated_at"),
    flag("system"),
    flag("internal"),
    flag("resolvable"),
    maybe_flag("resolved"),
    maybe_person("resolved_by_id"),
    maybe_moment("resolved_at"),
    maybe_words("position_type"),
    maybe_words("base_sha"),
    maybe_words("start_sha"),
    maybe_words("head_sha"),
    maybe_words("old_path"),
    maybe_words("new_path"),
    maybe_number("old_line"),
    maybe_number("new_line"),
    maybe_number("start_old_line"),
    maybe_number("start_new_line"),
    maybe_moment("deleted_at"),
    UniqueConstraint("discussion_id", "gitlab_id"),
)
Index("notes_by_gitlab_id", notes.c.gitlab_id)
Index("notes_by_author", notes.c.author_id, notes.c.created_at)
Index("notes_by_time", notes.c.created_at)
Index("notes_by_project_time", notes.c.project_id, notes.c.created_at)
for _name in ("new_path", "old_path"):
    _column = notes.c[_name]
    Index(
        f"notes_by_{_name}",
        _column,
        notes.c.created_at,
        notes.c.project_id,
        notes.c.discussion_id,
        notes.c.system,
        notes.c.deleted_at,
        sqlite_where=_column.is_not(None),
    )
Index(
    "notes_said_by_author",
    notes.c.author_id,
    notes.c.created_at,
    notes.c.project_id,
    notes.c.discussion_id,
    sqlite_where=text("system = 0 AND deleted_at IS NULL"),
)
Index("notes_by_gitlab_itself", notes.c.project_id, sqlite_where=text("system = 1 AND deleted_at IS NULL"))
gone(discussions, notes)
Index(
    "notes_in_brief",  # all that counting and sorting needs: in the rows, it lies behind the texts
    notes.c.discussion_id,
    notes.c.created_at,
    notes.c.gitlab_id,
    notes.c.author_id,
    notes.c.system,
    notes.c.deleted_at,
    notes.c.new_path,
    notes.c.old_path,
)

resource_state_events = Table(
    "resource_state_events",
    metadata,
    local_key(),
    *_of_one_item(),
    number("gitlab_id"),
    words("state"),
    moment("created_at"),
    maybe_person("user_id"),
    maybe_words("source_commit"),
    maybe_number("source_merge_request_gitlab_id"),
)
resource_label_events = Table(
    "resource_label_events",
    metadata,
    local_key(),
    *_of_one_item(),
    number("gitlab_id"),
    words("action"),
    moment("created_at"),
    maybe_words("label"),
    maybe_person("user_id"),
)
resource_milestone_events = Table(
    "resource_milestone_events",
    metadata,
    local_key(),
    *_of_one_item(),
    number("gitlab_id"),
    words("action"),
    moment("created_at"),
    maybe_words("milestone"),
    maybe_person("user_id"),
)
for _events in (resource_state_events, resource_label_events, resource_milestone_events):
    Index(f"{_events.name}_by_user", _events.c.user_id, _events.c.created_at)

issue_links = Table(
    "issue_links",
    metadata,
    local_key(),
    below("issue_id", "issues", index=True),
    number("gitlab_id"),
    words("link_type"),
    words("target_project_path"),
    number("target_iid"),
    maybe_moment("link_created_at"),
)

mr_closes_issues = Table(
    "mr_closes_issues",
    metadata,
    local_key(),
    below("merge_request_id", "merge_requests", index=True),
    maybe_words("target_project_path"),
    maybe_number("target_iid"),
    maybe_words("external_id"),
)

mr_file_changes = Table(
    "mr_file_changes",
    metadata,
    local_key(),
    below("project_id", "projects"),
    below("merge_request_id", "merge_requests"),
    words("old_path"),
    words("new_path"),
    flag("new_file"),
    flag("renamed_file"),
    flag("deleted_file"),
    flag("too_large"),
    flag("generated_file"),
    words("a_mode"),
    words("b_mode"),
    words("diff"),
)
_CHANGE = mr_file_changes.c
Index("mr_file_changes_by_merge_request", _CHANGE.merge_request_id, _CHANGE.new_path, _CHANGE.old_path)
for _side, _other in ((_CHANGE.new_path, _CHANGE.old_path), (_CHANGE.old_path, _CHANGE.new_path)):
    Index(
        f"mr_file_changes_by_{_side.name}",
        _CHANGE.project_id,
        _side,
        _CHANGE.merge_request_id,
        _other,
        _CHANGE.new_file,
        _CHANGE.deleted_file,
    )

mr_commits = Table(
    "mr_commits",
    metadata,
    local_key(),
    below("merge_request_id", "merge_requests", index=True),
    words("sha"),
    words("title"),
    words("message"),
    words("author_name"),
    moment("authored_date"),
    moment("committed_date"),
    words("parent_ids"),  # a JSON array of SHAs
)
Index("mr_commits_by_sha", mr_commits.c.sha)

entity_references = Table(
    "entity_references",
    metadata,
    local_key(),
    below("project_id", "projects"),
    words("source_kind"),
    number("source_entity_id"),
    maybe_below("source_note_id", "notes"),
    maybe_words("target_project_path"),  # with target_iid; unresolved ones are kept and resolve when read
    words("target_kind"),
    maybe_number("target_iid"),
    maybe_number("target_gitlab_id"),  # all that a state event knows of the merge request behind it
    words("relation"),
    words("origin"),
    maybe_moment("created_at"),
)
Index(
    "entity_references_by_source",
    entity_references.c.source_kind,
    entity_references.c.source_entity_id,
    entity_references.c.origin,
)
Index(
    "entity_references_by_target",
    entity_references.c.target_kind,
    entity_references.c.target_iid,
    entity_references.c.target_project_path,
)
Index("entity_references_by_project", entity_references.c.project_id)
for _name in ("source_note_id", "target_gitlab_id"):
    _column = entity_references.c[_name]
    Index(f"entity_references_by_{_name}", _column, sqlite_where=_column.is_not(None))
