"""Provenance reads what it counts and sorts by from indexes, not from rows with long texts in them."""

from alembic import op

from adapters.sql.migrations.statements import statements_of

revision = "0004"
down_revision = "0003"

_BEFORE = (
    "DROP INDEX notes_in_brief",
    "DROP INDEX merge_requests_in_brief",
    "DROP INDEX mr_file_changes_by_old_path",
    "DROP INDEX mr_file_changes_by_new_path",
    "DROP INDEX mr_file_changes_by_merge_request",
    "CREATE INDEX mr_file_changes_by_old_path ON mr_file_changes (project_id, old_path)",
    "CREATE INDEX mr_file_changes_by_new_path ON mr_file_changes (project_id, new_path)",
    "CREATE INDEX ix_mr_file_changes_merge_request_id ON mr_file_changes (merge_request_id)",
)


def upgrade() -> None:
    for statement in statements_of("brief_indexes"):
        op.execute(statement)


def downgrade() -> None:
    for statement in _BEFORE:
        op.execute(statement)
