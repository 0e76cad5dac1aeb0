"""Notes are listed and everything is counted by indexes: what is gone is little, and taken off what there is."""

from alembic import op

from adapters.sql.migrations.statements import statements_of

revision = "0010"
down_revision = "0009"

_BEFORE = (
    "DROP INDEX notes_by_old_path",
    "DROP INDEX notes_by_new_path",
    "CREATE INDEX notes_by_old_path ON notes (project_id, old_path) WHERE old_path IS NOT NULL",
    "CREATE INDEX notes_by_new_path ON notes (project_id, new_path) WHERE new_path IS NOT NULL",
    "DROP INDEX merge_requests_gone",
    "DROP INDEX issues_gone",
    "DROP INDEX discussions_gone",
    "DROP INDEX notes_gone",
    "DROP INDEX notes_by_gitlab_itself",
    "DROP INDEX notes_said_by_author",
)


def upgrade() -> None:
    for statement in statements_of("counting_indexes"):
        op.execute(statement)


def downgrade() -> None:
    for statement in _BEFORE:
        op.execute(statement)
