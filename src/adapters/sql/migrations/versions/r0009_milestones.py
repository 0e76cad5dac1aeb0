"""Items are found by their milestone's title: its column; the next sync brings the documents of those that have one."""

from alembic import op

revision = "0009"
down_revision = "0008"

_QUEUE = (
    "INSERT INTO dirty_sources (source_type, source_id, queued_at)"
    " SELECT '{kind}', id, 0 FROM {table} WHERE milestone_id IS NOT NULL AND deleted_at IS NULL"
    " ON CONFLICT DO NOTHING"
)


def upgrade() -> None:
    op.execute("ALTER TABLE documents ADD COLUMN milestone TEXT DEFAULT '' NOT NULL")
    for kind, table in (("issue", "issues"), ("merge_request", "merge_requests")):
        op.execute(_QUEUE.format(kind=kind, table=table))


def downgrade() -> None:
    """The hashes that count a milestone go: the older program would not know them."""
    op.execute("UPDATE documents SET content_hash = '' WHERE milestone != ''")
    op.execute("ALTER TABLE documents DROP COLUMN milestone")
