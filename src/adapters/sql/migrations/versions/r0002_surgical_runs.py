"""The ledger learns of surgical runs, phases and counters; older rows are standard runs (sync.md section 4)."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0002"
down_revision = "0001"

_NEW = (
    ("mode", "standard"),
    ("phase", "done"),
    ("targets_json", "[]"),
    ("counters_json", "{}"),
    ("stage_ms_json", "[]"),
    ("requests_json", "{}"),
)


def upgrade() -> None:
    for name, default in _NEW:
        op.add_column("sync_runs", Column(name, Text, nullable=False, server_default=default))
    op.add_column("sync_runs", Column("surgical_summary_json", Text))
    op.execute("UPDATE sync_runs SET phase = 'failed' WHERE status = 'failed'")
    op.execute("UPDATE sync_runs SET phase = 'ingest' WHERE status IN ('running', 'cancelled')")


def downgrade() -> None:
    for name in ("surgical_summary_json", *(name for name, _default in reversed(_NEW))):
        op.drop_column("sync_runs", name)
