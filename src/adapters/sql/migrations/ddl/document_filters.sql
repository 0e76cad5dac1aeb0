CREATE INDEX documents_by_state ON documents (state);

CREATE INDEX documents_by_author ON documents (author);

CREATE INDEX documents_by_created_at ON documents (created_at);

CREATE INDEX documents_by_updated_at ON documents (updated_at);

CREATE INDEX documents_by_labels ON documents (labels_json) WHERE labels_json != '[]';

CREATE INDEX documents_by_paths ON documents (paths_json) WHERE paths_json != '[]';
