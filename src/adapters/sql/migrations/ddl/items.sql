CREATE TABLE issues (
    id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    gitlab_id INTEGER NOT NULL,
    iid INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL,
    author_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    web_url TEXT NOT NULL,
    closed_at INTEGER,
    closed_by_id INTEGER,
    milestone_id INTEGER,
    due_date TEXT,
    confidential BOOLEAN DEFAULT 0 NOT NULL,
    discussion_locked BOOLEAN,
    issue_type TEXT NOT NULL,
    user_notes_count INTEGER NOT NULL,
    upvotes INTEGER NOT NULL,
    downvotes INTEGER NOT NULL,
    weight INTEGER,
    moved_to_gitlab_id INTEGER,
    last_seen_at INTEGER NOT NULL,
    deleted_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (project_id, iid),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY(author_id) REFERENCES users (id),
    FOREIGN KEY(closed_by_id) REFERENCES users (id),
    FOREIGN KEY(milestone_id) REFERENCES milestones (id) ON DELETE SET NULL
);

CREATE INDEX issues_by_author ON issues (author_id, updated_at);

CREATE INDEX issues_by_gitlab_id ON issues (gitlab_id);

CREATE INDEX issues_by_project_state ON issues (project_id, state, updated_at);

CREATE INDEX issues_by_project_update ON issues (project_id, updated_at);

CREATE INDEX issues_by_update ON issues (updated_at);

CREATE INDEX ix_issues_milestone_id ON issues (milestone_id);

CREATE TABLE merge_requests (
    id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    gitlab_id INTEGER NOT NULL,
    iid INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL,
    author_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    web_url TEXT NOT NULL,
    source_branch TEXT NOT NULL,
    target_branch TEXT NOT NULL,
    source_project_gitlab_id INTEGER,
    target_project_gitlab_id INTEGER,
    merged_at INTEGER,
    merge_user_id INTEGER,
    closed_at INTEGER,
    closed_by_id INTEGER,
    milestone_id INTEGER,
    draft BOOLEAN DEFAULT 0 NOT NULL,
    discussion_locked BOOLEAN,
    detailed_merge_status TEXT NOT NULL,
    sha TEXT,
    merge_commit_sha TEXT,
    squash_commit_sha TEXT,
    user_notes_count INTEGER NOT NULL,
    upvotes INTEGER NOT NULL,
    downvotes INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    deleted_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (project_id, iid),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY(author_id) REFERENCES users (id),
    FOREIGN KEY(merge_user_id) REFERENCES users (id),
    FOREIGN KEY(closed_by_id) REFERENCES users (id),
    FOREIGN KEY(milestone_id) REFERENCES milestones (id) ON DELETE SET NULL
);

CREATE INDEX ix_merge_requests_milestone_id ON merge_requests (milestone_id);

CREATE INDEX merge_requests_by_author ON merge_requests (author_id, updated_at);

CREATE INDEX merge_requests_by_gitlab_id ON merge_requests (gitlab_id);

CREATE INDEX merge_requests_by_merge_commit_sha ON merge_requests (merge_commit_sha) WHERE merge_commit_sha IS NOT NULL;

CREATE INDEX merge_requests_by_project_state ON merge_requests (project_id, state, updated_at);

CREATE INDEX merge_requests_by_project_update ON merge_requests (project_id, updated_at);

CREATE INDEX merge_requests_by_sha ON merge_requests (sha) WHERE sha IS NOT NULL;

CREATE INDEX merge_requests_by_squash_commit_sha ON merge_requests (squash_commit_sha) WHERE squash_commit_sha IS NOT NULL;

CREATE INDEX merge_requests_by_update ON merge_requests (updated_at);

CREATE TABLE issue_labels (
    issue_id INTEGER NOT NULL,
    label_id INTEGER NOT NULL,
    PRIMARY KEY (issue_id, label_id),
    FOREIGN KEY(issue_id) REFERENCES issues (id) ON DELETE CASCADE,
    FOREIGN KEY(label_id) REFERENCES labels (id) ON DELETE CASCADE
)
 WITHOUT ROWID;

CREATE INDEX issue_labels_by_label_id ON issue_labels (label_id);

CREATE TABLE mr_labels (
    merge_request_id INTEGER NOT NULL,
    label_id INTEGER NOT NULL,
    PRIMARY KEY (merge_request_id, label_id),
    FOREIGN KEY(merge_request_id) REFERENCES merge_requests (id) ON DELETE CASCADE,
    FOREIGN KEY(label_id) REFERENCES labels (id) ON DELETE CASCADE
)
 WITHOUT ROWID;

CREATE INDEX mr_labels_by_label_id ON mr_labels (label_id);

CREATE TABLE issue_assignees (
    issue_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (issue_id, user_id),
    FOREIGN KEY(issue_id) REFERENCES issues (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)
 WITHOUT ROWID;

CREATE INDEX issue_assignees_by_user_id ON issue_assignees (user_id);

CREATE TABLE mr_assignees (
    merge_request_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (merge_request_id, user_id),
    FOREIGN KEY(merge_request_id) REFERENCES merge_requests (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)
 WITHOUT ROWID;

CREATE INDEX mr_assignees_by_user_id ON mr_assignees (user_id);

CREATE TABLE mr_reviewers (
    merge_request_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (merge_request_id, user_id),
    FOREIGN KEY(merge_request_id) REFERENCES merge_requests (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)
 WITHOUT ROWID;

CREATE INDEX mr_reviewers_by_user_id ON mr_reviewers (user_id);
