CREATE TABLE discussions (
    id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    issue_id INTEGER,
    merge_request_id INTEGER,
    gitlab_id TEXT NOT NULL,
    individual_note BOOLEAN DEFAULT 0 NOT NULL,
    deleted_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (issue_id, gitlab_id),
    UNIQUE (merge_request_id, gitlab_id),
    CHECK ((issue_id IS NULL) <> (merge_request_id IS NULL)),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY(issue_id) REFERENCES issues (id) ON DELETE CASCADE,
    FOREIGN KEY(merge_request_id) REFERENCES merge_requests (id) ON DELETE CASCADE
);

CREATE INDEX ix_discussions_project_id ON discussions (project_id);

CREATE TABLE notes (
    id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    discussion_id INTEGER NOT NULL,
    gitlab_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    type TEXT,
    body TEXT NOT NULL,
    author_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    system BOOLEAN DEFAULT 0 NOT NULL,
    internal BOOLEAN DEFAULT 0 NOT NULL,
    resolvable BOOLEAN DEFAULT 0 NOT NULL,
    resolved BOOLEAN,
    resolved_by_id INTEGER,
    resolved_at INTEGER,
    position_type TEXT,
    base_sha TEXT,
    start_sha TEXT,
    head_sha TEXT,
    old_path TEXT,
    new_path TEXT,
    old_line INTEGER,
    new_line INTEGER,
    start_old_line INTEGER,
    start_new_line INTEGER,
    deleted_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (discussion_id, gitlab_id),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY(discussion_id) REFERENCES discussions (id) ON DELETE CASCADE,
    FOREIGN KEY(author_id) REFERENCES users (id),
    FOREIGN KEY(resolved_by_id) REFERENCES users (id)
);

CREATE INDEX notes_by_author ON notes (author_id, created_at);

CREATE INDEX notes_by_gitlab_id ON notes (gitlab_id);

CREATE INDEX notes_by_new_path ON notes (project_id, new_path) WHERE new_path IS NOT NULL;

CREATE INDEX notes_by_old_path ON notes (project_id, old_path) WHERE old_path IS NOT NULL;

CREATE INDEX notes_by_project_time ON notes (project_id, created_at);

CREATE INDEX notes_by_time ON notes (created_at);

CREATE TABLE resource_state_events (
    id INTEGER NOT NULL,
    issue_id INTEGER,
    merge_request_id INTEGER,
    gitlab_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    user_id INTEGER,
    source_commit TEXT,
    source_merge_request_gitlab_id INTEGER,
    PRIMARY KEY (id),
    CHECK ((issue_id IS NULL) <> (merge_request_id IS NULL)),
    FOREIGN KEY(issue_id) REFERENCES issues (id) ON DELETE CASCADE,
    FOREIGN KEY(merge_request_id) REFERENCES merge_requests (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX ix_resource_state_events_issue_id ON resource_state_events (issue_id);

CREATE INDEX ix_resource_state_events_merge_request_id ON resource_state_events (merge_request_id);

CREATE INDEX resource_state_events_by_user ON resource_state_events (user_id, created_at);

CREATE TABLE resource_label_events (
    id INTEGER NOT NULL,
    issue_id INTEGER,
    merge_request_id INTEGER,
    gitlab_id INTEGER NOT NULL,
    action TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    label TEXT,
    user_id INTEGER,
    PRIMARY KEY (id),
    CHECK ((issue_id IS NULL) <> (merge_request_id IS NULL)),
    FOREIGN KEY(issue_id) REFERENCES issues (id) ON DELETE CASCADE,
    FOREIGN KEY(merge_request_id) REFERENCES merge_requests (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX ix_resource_label_events_issue_id ON resource_label_events (issue_id);

CREATE INDEX ix_resource_label_events_merge_request_id ON resource_label_events (merge_request_id);

CREATE INDEX resource_label_events_by_user ON resource_label_events (user_id, created_at);

CREATE TABLE resource_milestone_events (
    id INTEGER NOT NULL,
    issue_id INTEGER,
    merge_request_id INTEGER,
    gitlab_id INTEGER NOT NULL,
    action TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    milestone TEXT,
    user_id INTEGER,
    PRIMARY KEY (id),
    CHECK ((issue_id IS NULL) <> (merge_request_id IS NULL)),
    FOREIGN KEY(issue_id) REFERENCES issues (id) ON DELETE CASCADE,
    FOREIGN KEY(merge_request_id) REFERENCES merge_requests (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX ix_resource_milestone_events_issue_id ON resource_milestone_events (issue_id);

CREATE INDEX ix_resource_milestone_events_merge_request_id ON resource_milestone_events (merge_request_id);

CREATE INDEX resource_milestone_events_by_user ON resource_milestone_events (user_id, created_at);

CREATE TABLE issue_links (
    id INTEGER NOT NULL,
    issue_id INTEGER NOT NULL,
    gitlab_id INTEGER NOT NULL,
    link_type TEXT NOT NULL,
    target_project_path TEXT NOT NULL,
    target_iid INTEGER NOT NULL,
    link_created_at INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(issue_id) REFERENCES issues (id) ON DELETE CASCADE
);

CREATE INDEX ix_issue_links_issue_id ON issue_links (issue_id);

CREATE TABLE mr_closes_issues (
    id INTEGER NOT NULL,
    merge_request_id INTEGER NOT NULL,
    target_project_path TEXT,
    target_iid INTEGER,
    external_id TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(merge_request_id) REFERENCES merge_requests (id) ON DELETE CASCADE
);

CREATE INDEX ix_mr_closes_issues_merge_request_id ON mr_closes_issues (merge_request_id);

CREATE TABLE mr_file_changes (
    id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    merge_request_id INTEGER NOT NULL,
    old_path TEXT NOT NULL,
    new_path TEXT NOT NULL,
    new_file BOOLEAN DEFAULT 0 NOT NULL,
    renamed_file BOOLEAN DEFAULT 0 NOT NULL,
    deleted_file BOOLEAN DEFAULT 0 NOT NULL,
    too_large BOOLEAN DEFAULT 0 NOT NULL,
    generated_file BOOLEAN DEFAULT 0 NOT NULL,
    a_mode TEXT NOT NULL,
    b_mode TEXT NOT NULL,
    diff TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY(merge_request_id) REFERENCES merge_requests (id) ON DELETE CASCADE
);

CREATE INDEX ix_mr_file_changes_merge_request_id ON mr_file_changes (merge_request_id);

CREATE INDEX mr_file_changes_by_new_path ON mr_file_changes (project_id, new_path);

CREATE INDEX mr_file_changes_by_old_path ON mr_file_changes (project_id, old_path);

CREATE TABLE mr_commits (
    id INTEGER NOT NULL,
    merge_request_id INTEGER NOT NULL,
    sha TEXT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    author_name TEXT NOT NULL,
    authored_date INTEGER NOT NULL,
    committed_date INTEGER NOT NULL,
    parent_ids TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(merge_request_id) REFERENCES merge_requests (id) ON DELETE CASCADE
);

CREATE INDEX ix_mr_commits_merge_request_id ON mr_commits (merge_request_id);

CREATE INDEX mr_commits_by_sha ON mr_commits (sha);

CREATE TABLE entity_references (
    id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    source_kind TEXT NOT NULL,
    source_entity_id INTEGER NOT NULL,
    source_note_id INTEGER,
    target_project_path TEXT,
    target_kind TEXT NOT NULL,
    target_iid INTEGER,
    target_gitlab_id INTEGER,
    relation TEXT NOT NULL,
    origin TEXT NOT NULL,
    created_at INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY(source_note_id) REFERENCES notes (id) ON DELETE CASCADE
);

CREATE INDEX entity_references_by_project ON entity_references (project_id);

CREATE INDEX entity_references_by_source ON entity_references (source_kind, source_entity_id, origin);

CREATE INDEX entity_references_by_source_note_id ON entity_references (source_note_id) WHERE source_note_id IS NOT NULL;

CREATE INDEX entity_references_by_target ON entity_references (target_kind, target_iid, target_project_path);

CREATE INDEX entity_references_by_target_gitlab_id ON entity_references (target_gitlab_id) WHERE target_gitlab_id IS NOT NULL;
