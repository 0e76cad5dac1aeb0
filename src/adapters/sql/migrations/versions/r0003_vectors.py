"""The store learns what its texts mean: vectors of passages and titles, and their packed sign bits."""

from alembic import op

from adapters.sql.migrations.statements import statements_of

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for statement in statements_of("vectors"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER titles_that_change_lose_their_vector")
    for table in ("vector_segments", "title_vectors", "chunk_vectors", "embedding_spaces"):
        op.execute(f"DROP TABLE {table}")
