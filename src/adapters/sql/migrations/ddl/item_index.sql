CREATE VIRTUAL TABLE items_fts USING fts5(
    title, body, comments, labels, people, paths, tokenize = 'porter unicode61 remove_diacritics 2'
);

DROP TRIGGER documents_leave_the_index;

CREATE TRIGGER documents_leave_the_index AFTER DELETE ON documents BEGIN
    DELETE FROM documents_fts WHERE rowid = old.id;
    DELETE FROM items_fts WHERE rowid = old.id;
END;

INSERT INTO items_fts (rowid, title, body, comments, labels, people, paths)
SELECT
    own.id,
    entry.title,
    entry.body,
    coalesce(
        (
            SELECT group_concat(said.body, char(10)) FROM (
                SELECT thread_entry.body
                FROM documents AS thread JOIN documents_fts AS thread_entry ON thread_entry.rowid = thread.id
                WHERE thread.item_kind = own.item_kind AND thread.item_id = own.item_id
                AND thread.source_type <> thread.item_kind
                ORDER BY thread.id
            ) AS said
        ),
        ''
    ),
    entry.labels,
    entry.people,
    entry.paths
FROM documents AS own JOIN documents_fts AS entry ON entry.rowid = own.id
WHERE own.source_type = own.item_kind;
