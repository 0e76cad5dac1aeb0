CREATE TABLE embedding_spaces (
    id INTEGER NOT NULL,
    model TEXT NOT NULL,
    checksum TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    chunking TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (model, checksum, dimensions, chunking)
);

CREATE TABLE chunk_vectors (
    chunk_id INTEGER NOT NULL,
    space_id INTEGER NOT NULL,
    scale FLOAT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (chunk_id),
    FOREIGN KEY(chunk_id) REFERENCES document_chunks (id) ON DELETE CASCADE,
    FOREIGN KEY(space_id) REFERENCES embedding_spaces (id) ON DELETE CASCADE
);

CREATE INDEX ix_chunk_vectors_space_id ON chunk_vectors (space_id);

CREATE TABLE title_vectors (
    document_id INTEGER NOT NULL,
    space_id INTEGER NOT NULL,
    scale FLOAT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (document_id),
    FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE,
    FOREIGN KEY(space_id) REFERENCES embedding_spaces (id) ON DELETE CASCADE
);

CREATE INDEX ix_title_vectors_space_id ON title_vectors (space_id);

CREATE TABLE vector_segments (
    id INTEGER NOT NULL,
    space_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    keys BLOB NOT NULL,
    documents BLOB NOT NULL,
    bits BLOB NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(space_id) REFERENCES embedding_spaces (id) ON DELETE CASCADE
);

CREATE INDEX vector_segments_by_kind ON vector_segments (space_id, kind, size);

CREATE TRIGGER titles_that_change_lose_their_vector AFTER UPDATE OF title ON documents
WHEN old.title <> new.title BEGIN
    DELETE FROM title_vectors WHERE document_id = old.id;
END;
