"""How many diffs were fetched is counted by an index."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX dependent_sets_fetched ON dependent_sets (project_id, kind, dependent, entity_id) "
        "WHERE fetch_started_at IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX dependent_sets_fetched")
