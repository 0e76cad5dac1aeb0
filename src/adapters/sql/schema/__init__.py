"""The tables of the store (sync.md section 6); their names and columns are part of the contract.

`id` and `<thing>_id` are local keys, `gitlab_id` is GitLab's own; other fields have GitLab's names. Times are integer
milliseconds UTC. Everything lies below a project and goes with it.
"""

from adapters.sql.schema.columns import metadata
from adapters.sql.schema.documents import document_chunks, documents, documents_fts, items_fts
from adapters.sql.schema.items import (
    issue_assignees,
    issue_labels,
    issues,
    merge_requests,
    mr_assignees,
    mr_labels,
    mr_reviewers,
)
from adapters.sql.schema.projects import instances, labels, milestones, project_aliases, projects, users
from adapters.sql.schema.threads import (
    discussions,
    entity_references,
    issue_links,
    mr_closes_issues,
    mr_commits,
    mr_file_changes,
    notes,
    resource_label_events,
    resource_milestone_events,
    resource_state_events,
)
from adapters.sql.schema.vectors import chunk_vectors, embedding_spaces, title_vectors, vector_segments
from adapters.sql.schema.work import (
    BEHIND,
    app_lock_waiters,
    app_locks,
    dependent_sets,
    dirty_sources,
    pending_dependent_fetches,
    raw_payloads,
    sync_cursors,
    sync_quarantine,
    sync_runs,
)

__all__ = [
    "BEHIND",
    "app_lock_waiters",
    "app_locks",
    "chunk_vectors",
    "dependent_sets",
    "dirty_sources",
    "discussions",
    "document_chunks",
    "documents",
    "documents_fts",
    "embedding_spaces",
    "entity_references",
    "instances",
    "issue_assignees",
    "issue_labels",
    "issue_links",
    "issues",
    "items_fts",
    "labels",
    "merge_requests",
    "metadata",
    "milestones",
    "mr_assignees",
    "mr_closes_issues",
    "mr_commits",
    "mr_file_changes",
    "mr_labels",
    "mr_reviewers",
    "notes",
    "pending_dependent_fetches",
    "project_aliases",
    "projects",
    "raw_payloads",
    "resource_label_events",
    "resource_milestone_events",
    "resource_state_events",
    "sync_cursors",
    "sync_quarantine",
    "sync_runs",
    "title_vectors",
    "users",
    "vector_segments",
]
