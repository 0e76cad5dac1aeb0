"""Makes a store of many merge requests and notes out of a small one, by repeating all that belongs to items.

Projects, people and labels stay: a file, a folder, a person that had much to do has that many times as much. Each table
is repeated in one statement. Items are copied so often that there are enough merge requests, and threads further, round
and round these copies, until there are enough notes. Documents, their passages and vectors go with the first copies of
their threads. What is for syncs only stays as it is.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Column, Table

from adapters.sql import schema

GITLAB_APART = 10**8
"""What GitLab's numbers of one copy differ by from those of the next. Local keys lie as close as in a synced store."""
_LATER_MS = 7 * 60_000
_ITEMS = (
    schema.issues,
    schema.merge_requests,
    schema.issue_labels,
    schema.mr_labels,
    schema.issue_assignees,
    schema.mr_assignees,
    schema.mr_reviewers,
    schema.resource_state_events,
    schema.resource_label_events,
    schema.resource_milestone_events,
    schema.issue_links,
    schema.mr_closes_issues,
    schema.mr_file_changes,
    schema.mr_commits,
    schema.entity_references,
    schema.dependent_sets,
    schema.documents,
    schema.document_chunks,
    schema.chunk_vectors,
    schema.title_vectors,
)
_THREADS = (schema.discussions, schema.notes)
_FULL_TEXTS = ("documents_fts", "items_fts")
_OWN = frozenset(
    {"id", "gitlab_id", "discussion_id", "source_note_id", "source_id", "document_id", "chunk_id", "note_gitlab_id"}
)
_OF_ITEM = frozenset(
    {
        "issue_id",
        "merge_request_id",
        "item_id",
        "entity_id",
        "source_entity_id",
        "iid",
        "target_iid",
        "target_gitlab_id",
        "source_merge_request_gitlab_id",
    }
)
_GITLABS = frozenset(name for name in (*_OWN, *_OF_ITEM) if name.endswith(("gitlab_id", "iid")))
_SHAS = frozenset({"sha", "merge_commit_sha", "squash_commit_sha"})


@dataclass(frozen=True, slots=True)
class Copies:
    """How many there are in all of each, the original among them."""

    items: int
    threads: int


def repeat(base: Path, database: Path, *, merge_requests: int, notes: int) -> Copies:
    """Make `database`, with at least so many of each."""
    with closing(sqlite3.connect(base)) as original, closing(sqlite3.connect(database)) as store:
        original.backup(store)
    with closing(sqlite3.connect(database, isolation_level=None)) as store:
        for pragma in ("synchronous = OFF", "cache_size = -1000000", "temp_store = MEMORY", "foreign_keys = OFF"):
            store.execute(f"PRAGMA {pragma}")
        store.execute("ATTACH ? AS base", (str(base),))
        items = -(-merge_requests // _count(store, "merge_requests"))
        copies = Copies(items=items, threads=max(items, -(-notes // _count(store, "notes"))))
        store.execute("BEGIN")
        _repeat_all(store, copies)
        store.execute("COMMIT")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return copies


def _count(store: sqlite3.Connection, table: str) -> int:
    (number,) = store.execute(f"SELECT count(*) FROM base.{table}").fetchone()  # noqa: S608 - our own names
    return int(number)


def _last(store: sqlite3.Connection, table: Table) -> int:
    (key,) = store.execute(f"SELECT coalesce(max(id), 0) FROM base.{table.name}").fetchone()  # noqa: S608
    return int(key)


def _repeat_all(store: sqlite3.Connection, copies: Copies) -> None:
    """Indexes are made at the end: to sort once costs less than to find each row's place."""
    indexes = [one for table in (*_ITEMS, *_THREADS) for one in store.execute(_INDEXES, (table.name,)).fetchall()]
    for name, _ in indexes:
        store.execute(f"DROP INDEX main.{name}")
    apart = 1 + max(_last(store, table) for table in (*_ITEMS, *_THREADS) if "id" in table.c)
    for tables, wanted in ((_ITEMS, copies.items), (_THREADS, copies.threads)):
        for table in tables:
            store.execute(_repeated(table), {"copies": wanted, "items": copies.items, "apart": apart})
    for name in _FULL_TEXTS:
        store.execute(_repeated_text(store, name), {"copies": copies.items, "apart": apart})
    _repeat_signs(store, copies.items, apart)
    for _, statement in indexes:
        store.execute(statement)


_INDEXES = "SELECT name, sql FROM main.sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
_COPY = (
    "WITH RECURSIVE copy (number) AS"
    " (SELECT 1 WHERE :copies > 1 UNION ALL SELECT number + 1 FROM copy WHERE number + 1 < :copies) "
)


def _repeated(table: Table) -> str:
    names = ", ".join(column.name for column in table.columns)
    values = ", ".join(_value(column) for column in table.columns)
    return f"INSERT INTO main.{table.name} ({names}) {_COPY}SELECT {values} FROM copy CROSS JOIN base.{table.name}"  # noqa: S608


def _value(column: Column[Any]) -> str:
    name = column.name
    if column.type.python_type is str:
        return _text(name)
    apart = GITLAB_APART if name in _GITLABS else ":apart"
    if name in _OWN:
        return f"{name} + {apart} * number"
    if name in _OF_ITEM:
        return f"{name} + {apart} * (number % :items)"
    return f"{name} + {_LATER_MS} * number" if name.endswith(("_at", "_date")) else name


def _text(name: str) -> str:
    if name in _SHAS:
        return f"printf('%02x', number) || substr({name}, 3)"
    return f"{name} || '-' || number" if name == "gitlab_id" else name


def _repeated_text(store: sqlite3.Connection, name: str) -> str:
    columns = ", ".join(row[1] for row in store.execute(f"PRAGMA base.table_info({name})"))
    values = f"SELECT rowid + :apart * number, {columns} FROM copy CROSS JOIN base.{name}"  # noqa: S608
    return f"INSERT INTO main.{name} (rowid, {columns}) {_COPY}{values}"


def _repeat_signs(store: sqlite3.Connection, copies: int, apart: int) -> None:
    segments = store.execute("SELECT space_id, kind, size, keys, documents, bits FROM base.vector_segments").fetchall()
    store.executemany(
        "INSERT INTO main.vector_segments (space_id, kind, size, keys, documents, bits) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (space, kind, size, _moved(keys, apart * copy), _moved(documents, apart * copy), bits)
            for copy in range(1, copies)
            for space, kind, size, keys, documents, bits in segments
        ),
    )


def _moved(numbers: bytes, by: int) -> bytes:
    return (np.frombuffer(numbers, np.int64) + by).tobytes()
