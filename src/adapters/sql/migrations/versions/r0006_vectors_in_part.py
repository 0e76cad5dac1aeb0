"""A vector knows whether its passage was read whole; all that were there until now were."""

from alembic import op

from adapters.sql.migrations.statements import statements_of

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for statement in statements_of("vectors_in_part"):
        op.execute(statement)


def downgrade() -> None:
    """Vectors of beginnings go: the older program would take them for whole ones."""
    op.execute("DROP INDEX chunk_vectors_in_part")
    op.execute("DELETE FROM chunk_vectors WHERE in_part")
    op.execute("ALTER TABLE chunk_vectors DROP COLUMN in_part")
