CREATE TABLE raw_payloads (
    id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    iid INTEGER NOT NULL,
    dependent TEXT NOT NULL,
    payload BLOB NOT NULL,
    requested_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (project_id, kind, iid, dependent),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE TABLE dependent_sets (
    project_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    iid INTEGER NOT NULL,
    dependent TEXT NOT NULL,
    entity_id INTEGER NOT NULL,
    wanted_at INTEGER,
    watermark INTEGER,
    fetch_started_at INTEGER,
    PRIMARY KEY (project_id, kind, iid, dependent),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
)
 WITHOUT ROWID;

CREATE INDEX dependent_sets_behind ON dependent_sets (project_id) WHERE wanted_at IS NOT NULL AND (watermark IS NULL OR watermark < wanted_at);

CREATE TABLE pending_dependent_fetches (
    id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    iid INTEGER NOT NULL,
    dependent TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    next_attempt_at INTEGER,
    claimed_by TEXT,
    PRIMARY KEY (id),
    UNIQUE (project_id, kind, iid, dependent),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE TABLE sync_cursors (
    project_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    cursor INTEGER NOT NULL,
    PRIMARY KEY (project_id, kind),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
)
 WITHOUT ROWID;

CREATE TABLE dirty_sources (
    source_type TEXT NOT NULL,
    source_id INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    PRIMARY KEY (source_type, source_id)
)
 WITHOUT ROWID;

CREATE INDEX dirty_sources_by_age ON dirty_sources (queued_at);

CREATE TABLE sync_quarantine (
    id INTEGER NOT NULL,
    project_id INTEGER,
    record TEXT NOT NULL,
    gitlab_id TEXT,
    payload BLOB NOT NULL,
    error TEXT NOT NULL,
    quarantined_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE INDEX sync_quarantine_by_record ON sync_quarantine (project_id, record, gitlab_id);

CREATE TABLE sync_runs (
    run_id TEXT NOT NULL,
    status TEXT NOT NULL,
    project TEXT,
    started_at INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL,
    finished_at INTEGER,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    failures_json TEXT DEFAULT '[]' NOT NULL,
    PRIMARY KEY (run_id)
);

CREATE INDEX sync_runs_by_start ON sync_runs (started_at);

CREATE TABLE app_locks (
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    acquired_at INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE app_lock_waiters (
    ticket INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL
);
