CREATE TABLE instances (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    base_url TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE projects (
    id INTEGER NOT NULL,
    instance_id INTEGER NOT NULL,
    gitlab_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    path_is_current BOOLEAN DEFAULT 1 NOT NULL,
    name TEXT NOT NULL,
    web_url TEXT NOT NULL,
    default_branch TEXT,
    archived BOOLEAN DEFAULT 0 NOT NULL,
    issues_enabled BOOLEAN DEFAULT 1 NOT NULL,
    merge_requests_enabled BOOLEAN DEFAULT 1 NOT NULL,
    in_standard_sync BOOLEAN DEFAULT 0 NOT NULL,
    last_synced_at INTEGER,
    last_reconciled_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (instance_id, gitlab_id),
    FOREIGN KEY(instance_id) REFERENCES instances (id) ON DELETE CASCADE
);

CREATE INDEX projects_by_path ON projects (path);

CREATE TABLE project_aliases (
    id INTEGER NOT NULL,
    instance_id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (instance_id, path),
    FOREIGN KEY(instance_id) REFERENCES instances (id) ON DELETE CASCADE,
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE INDEX ix_project_aliases_project_id ON project_aliases (project_id);

CREATE INDEX project_aliases_by_path ON project_aliases (path);

CREATE TABLE users (
    id INTEGER NOT NULL,
    instance_id INTEGER NOT NULL,
    gitlab_id INTEGER NOT NULL,
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    web_url TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (instance_id, gitlab_id),
    FOREIGN KEY(instance_id) REFERENCES instances (id) ON DELETE CASCADE
);

CREATE INDEX users_by_username ON users (username);

CREATE TABLE labels (
    id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (project_id, name),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE TABLE milestones (
    id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    gitlab_id INTEGER NOT NULL,
    iid INTEGER NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    due_date TEXT,
    web_url TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (project_id, gitlab_id),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);
