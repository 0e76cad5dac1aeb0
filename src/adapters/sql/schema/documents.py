"""Searchable documents, their chunks and the full-text index."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, column, table, text

from adapters.sql.schema.columns import below, local_key, maybe_number, metadata, moment, number, words

documents = Table(
    "documents",
    metadata,
    local_key(),
    words("source_type"),
    number("source_id"),
    below("project_id", "projects", index=True),
    words("item_kind"),
    number("item_id"),  # the local key of the issue or merge request
    number("iid"),
    words("title"),
    words("parts_json"),  # [[note's GitLab id or null, text], ...]
    words("labels_json"),
    words("people_json"),
    words("paths_json"),
    words("author"),
    words("state"),
    moment("created_at"),
    moment("updated_at"),
    words("web_url"),
    words("content_hash"),
    Column("milestone", Text, nullable=False, server_default=""),  # of an item's own document; empty: none
    UniqueConstraint("source_type", "source_id"),
)
Index("documents_by_item", documents.c.item_kind, documents.c.item_id)
Index("documents_by_state", documents.c.state)
Index("documents_by_author", documents.c.author)
Index("documents_by_created_at", documents.c.created_at)
Index("documents_by_updated_at", documents.c.updated_at)
Index("documents_by_labels", documents.c.labels_json, sqlite_where=text("labels_json != '[]'"))
Index("documents_by_paths", documents.c.paths_json, sqlite_where=text("paths_json != '[]'"))

document_chunks = Table(
    "document_chunks",
    metadata,
    local_key(),
    below("document_id", "documents", index=True),
    number("ordinal"),
    words("text"),
    maybe_number("note_gitlab_id"),
)

documents_fts = table(
    "documents_fts",
    column("rowid", Integer),  # = documents.id
    column("title"),
    column("body"),
    column("labels"),
    column("people"),
    column("paths"),
)
"""An FTS5 table, so not in the metadata. Its text is the analysed one (domain.text_analysis)."""

items_fts = table(
    "items_fts",
    column("rowid", Integer),  # = documents.id of the item's own document
    column("title"),
    column("body"),
    column("comments"),  # of all its threads
    column("labels"),
    column("people"),
    column("paths"),
)
"""One entry for an item with all that is said in it, made of the entries of its documents."""
