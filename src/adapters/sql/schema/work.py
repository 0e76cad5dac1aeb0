"""What a sync keeps for itself: payloads, freshness, cursors, queues, the ledger and the locks."""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    and_,
    or_,
)

from adapters.sql.schema.columns import (
    below,
    local_key,
    maybe_below,
    maybe_moment,
    maybe_words,
    metadata,
    moment,
    number,
    words,
)

raw_payloads = Table(
    "raw_payloads",
    metadata,
    local_key(),
    below("project_id", "projects"),
    words("kind"),
    number("iid"),
    words("dependent"),  # empty: the item itself
    Column("payload", LargeBinary, nullable=False),  # zlib-compressed JSON
    moment("requested_at"),
    UniqueConstraint("project_id", "kind", "iid", "dependent"),
)

dependent_sets = Table(
    "dependent_sets",
    metadata,
    below("project_id", "projects"),
    words("kind"),
    number("iid"),
    words("dependent"),
    number("entity_id"),
    maybe_moment("wanted_at"),  # null: nobody wants it, the item has a tombstone
    maybe_moment("watermark"),
    maybe_moment("fetch_started_at"),
    PrimaryKeyConstraint("project_id", "kind", "iid", "dependent"),
    sqlite_with_rowid=False,
)
BEHIND = and_(
    dependent_sets.c.wanted_at.is_not(None),
    or_(dependent_sets.c.watermark.is_(None), dependent_sets.c.watermark < dependent_sets.c.wanted_at),
)
"""True of the sets that have to be fetched again; a query that has it as a condition finds them by their index."""
Index("dependent_sets_behind", dependent_sets.c.project_id, sqlite_where=BEHIND)
Index(
    "dependent_sets_fetched",
    dependent_sets.c.project_id,
    dependent_sets.c.kind,
    dependent_sets.c.dependent,
    dependent_sets.c.entity_id,
    sqlite_where=dependent_sets.c.fetch_started_at.is_not(None),
)

pending_dependent_fetches = Table(
    "pending_dependent_fetches",
    metadata,
    local_key(),
    below("project_id", "projects"),
    words("kind"),
    number("iid"),
    words("dependent"),
    number("attempts"),
    maybe_words("last_error"),
    maybe_moment("next_attempt_at"),  # null: at once
    maybe_words("claimed_by"),
    UniqueConstraint("project_id", "kind", "iid", "dependent"),
)

sync_cursors = Table(
    "sync_cursors",
    metadata,
    below("project_id", "projects"),
    words("kind"),
    moment("cursor"),
    PrimaryKeyConstraint("project_id", "kind"),
    sqlite_with_rowid=False,
)

dirty_sources = Table(
    "dirty_sources",
    metadata,
    words("source_type"),
    number("source_id"),
    moment("queued_at"),
    PrimaryKeyConstraint("source_type", "source_id"),
    sqlite_with_rowid=False,
)
Index("dirty_sources_by_age", dirty_sources.c.queued_at)

sync_quarantine = Table(
    "sync_quarantine",
    metadata,
    local_key(),
    maybe_below("project_id", "projects"),
    words("record"),
    maybe_words("gitlab_id"),
    Column("payload", LargeBinary, nullable=False),
    words("error"),
    moment("quarantined_at"),
)
Index("sync_quarantine_by_record", sync_quarantine.c.project_id, sync_quarantine.c.record, sync_quarantine.c.gitlab_id)

sync_runs = Table(
    "sync_runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    words("status"),
    maybe_words("project"),
    moment("started_at"),
    moment("heartbeat_at"),
    maybe_moment("finished_at"),
    words("host"),
    number("pid"),
    Column("failures_json", Text, nullable=False, server_default="[]"),
    Column("mode", Text, nullable=False, server_default="standard"),
    Column("phase", Text, nullable=False, server_default="done"),
    Column("targets_json", Text, nullable=False, server_default="[]"),
    Column("counters_json", Text, nullable=False, server_default="{}"),
    Column("stage_ms_json", Text, nullable=False, server_default="[]"),
    Column("requests_json", Text, nullable=False, server_default="{}"),
    maybe_words("surgical_summary_json"),
)
Index("sync_runs_by_start", sync_runs.c.started_at)

app_locks = Table(
    "app_locks",
    metadata,
    Column("name", Text, primary_key=True),
    words("owner"),
    number("pid"),
    words("host"),
    moment("acquired_at"),
    moment("heartbeat_at"),
)

app_lock_waiters = Table(
    "app_lock_waiters",
    metadata,
    Column("ticket", Integer, primary_key=True, autoincrement=True),
    words("name"),
    words("owner"),
    number("pid"),
    words("host"),
    moment("queued_at"),
    moment("heartbeat_at"),
    sqlite_autoincrement=True,  # a ticket is never given twice, or a late-comer could pass the queue
)
