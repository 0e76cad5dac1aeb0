CREATE TABLE documents (
    id INTEGER NOT NULL,
    source_type TEXT NOT NULL,
    source_id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    item_kind TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    iid INTEGER NOT NULL,
    title TEXT NOT NULL,
    parts_json TEXT NOT NULL,
    labels_json TEXT NOT NULL,
    people_json TEXT NOT NULL,
    paths_json TEXT NOT NULL,
    author TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    web_url TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (source_type, source_id),
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE INDEX documents_by_item ON documents (item_kind, item_id);

CREATE INDEX ix_documents_project_id ON documents (project_id);

CREATE TABLE document_chunks (
    id INTEGER NOT NULL,
    document_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    text TEXT NOT NULL,
    note_gitlab_id INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_document_chunks_document_id ON document_chunks (document_id);

CREATE VIRTUAL TABLE documents_fts USING fts5(
    title, body, labels, people, paths, tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TRIGGER documents_leave_the_index AFTER DELETE ON documents BEGIN
    DELETE FROM documents_fts WHERE rowid = old.id;
END;

CREATE TRIGGER issues_are_no_longer_dirty AFTER DELETE ON issues BEGIN
    DELETE FROM dirty_sources WHERE source_type = 'issue' AND source_id = old.id;
END;

CREATE TRIGGER merge_requests_are_no_longer_dirty AFTER DELETE ON merge_requests BEGIN
    DELETE FROM dirty_sources WHERE source_type = 'merge_request' AND source_id = old.id;
END;

CREATE TRIGGER discussions_are_no_longer_dirty AFTER DELETE ON discussions BEGIN
    DELETE FROM dirty_sources WHERE source_type = 'discussion' AND source_id = old.id;
END;
