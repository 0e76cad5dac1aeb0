"""Search finds items by all that is said in them: a full-text entry for each, made from those of its documents."""

from alembic import op

from adapters.sql.migrations.statements import statements_of

revision = "0005"
down_revision = "0004"

_OLD_TRIGGER = (
    "CREATE TRIGGER documents_leave_the_index AFTER DELETE ON documents BEGIN"
    " DELETE FROM documents_fts WHERE rowid = old.id; END"
)
_BEFORE = (
    "DROP TRIGGER documents_leave_the_index",
    _OLD_TRIGGER,
    "DROP TABLE items_fts",
)


def upgrade() -> None:
    for statement in statements_of("item_index"):
        op.execute(statement)


def downgrade() -> None:
    for statement in _BEFORE:
        op.execute(statement)
