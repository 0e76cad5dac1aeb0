"""The base: everything but the surgical side of the ledger."""

from alembic import op

from adapters.sql.connections import APPLICATION_ID
from adapters.sql.migrations.statements import base_statements, base_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for statement in base_statements():
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(base_tables()):
        op.execute(f"DROP TABLE {table}")
