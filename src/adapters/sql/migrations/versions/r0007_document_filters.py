"""A search's filter finds the documents that it lets through by indexes."""

from alembic import op

from adapters.sql.migrations.statements import statements_of

revision = "0007"
down_revision = "0006"

_INDEXES = ("state", "author", "created_at", "updated_at", "labels", "paths")


def upgrade() -> None:
    for statement in statements_of("document_filters"):
        op.execute(statement)


def downgrade() -> None:
    for name in _INDEXES:
        op.execute(f"DROP INDEX documents_by_{name}")
