"""Instances, projects and what is shared by a project's items."""

from sqlalchemy import Index, Table, UniqueConstraint

from adapters.sql.schema.columns import (
    below,
    flag,
    local_key,
    maybe_moment,
    maybe_words,
    metadata,
    number,
    words,
)

instances = Table(
    "instances",
    metadata,
    local_key(),
    words("name"),
    words("base_url"),
    UniqueConstraint("name"),
)

projects = Table(
    "projects",
    metadata,
    local_key(),
    below("instance_id", "instances"),
    number("gitlab_id"),
    words("path"),
    flag("path_is_current", default=True),  # false once another project was seen under the path (rule 11)
    words("name"),
    words("web_url"),
    maybe_words("default_branch"),
    flag("archived"),
    flag("issues_enabled", default=True),
    flag("merge_requests_enabled", default=True),
    flag("in_standard_sync"),
    maybe_moment("last_synced_at"),
    maybe_moment("last_reconciled_at"),
    UniqueConstraint("instance_id", "gitlab_id"),
)
Index("projects_by_path", projects.c.path)

project_aliases = Table(
    "project_aliases",
    metadata,
    local_key(),
    below("instance_id", "instances"),
    below("project_id", "projects", index=True),
    words("path"),
    UniqueConstraint("instance_id", "path"),
)
Index("project_aliases_by_path", project_aliases.c.path)

users = Table(
    "users",
    metadata,
    local_key(),
    below("instance_id", "instances"),
    number("gitlab_id"),
    words("username"),
    words("name"),
    words("web_url"),
    UniqueConstraint("instance_id", "gitlab_id"),
)
Index("users_by_username", users.c.username)

labels = Table(
    "labels",
    metadata,
    local_key(),
    below("project_id", "projects"),
    words("name"),
    UniqueConstraint("project_id", "name"),
)

milestones = Table(
    "milestones",
    metadata,
    local_key(),
    below("project_id", "projects"),
    number("gitlab_id"),
    number("iid"),
    words("title"),
    words("state"),
    maybe_words("due_date"),
    words("web_url"),
    UniqueConstraint("project_id", "gitlab_id"),
)
