"""The schema through its revisions."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, insert

from adapters.memory.clock import MemoryClock
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.process_identity import MemoryProcessIdentity
from adapters.sql import migrations
from adapters.sql.connections import engine_of, for_writing
from adapters.sql.database import open_database
from adapters.sql.migrations.upgrading import downgrade, upgrade
from adapters.sql.run_ledger import SqlRunLedger
from adapters.sql.schema import app_locks, metadata
from adapters.sql.versions import REVISIONS
from application.ports.run_ledger import RunFilter
from contracts import builders
from contracts.content.opened_store import Writing
from contracts.reading.shelf import put, write_documents
from domain.errors import MigrationFailed, StoreLocked
from domain.refs import ProjectId
from domain.runs import Counters, RunMode, RunPhase, RunStatus


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lore.db"


@pytest.fixture
def bare(path: Path) -> Iterator[Engine]:
    """An engine on an empty file."""
    engine = engine_of(path)
    yield engine
    engine.dispose()


def objects(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE name <> 'alembic_version'")
    return {row.name: " ".join(str(row.sql).split()) for row in rows if not row.name.startswith("sqlite_")}


def test_the_known_revisions_are_those_that_there_are() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == REVISIONS


def test_the_migrated_schema_is_the_described_one(engine: Engine) -> None:
    def only_described(_object: object, name: str | None, *_: object) -> bool:
        return not str(name).startswith(("documents_fts", "items_fts"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": only_described})
        assert compare_metadata(context, metadata) == []


def test_every_migration_goes_up_and_down_and_up(bare: Engine) -> None:
    seen: dict[str, dict[str, str]] = {}
    for step, revision in enumerate(REVISIONS):
        before = REVISIONS[step - 1] if step else "base"
        for _ in range(2):
            with for_writing(bare).begin() as connection:
                upgrade(connection, revision)
                seen.setdefault(revision, objects(connection))
                assert objects(connection) == seen[revision]
            with for_writing(bare).begin() as connection:
                downgrade(connection, before)
                assert objects(connection) == seen.get(before, {})
        with for_writing(bare).begin() as connection:
            upgrade(connection, revision)


HISTORY = [("old-1", "succeeded"), ("old-2", "failed"), ("old-3", "cancelled"), ("old-4", "running")]


def with_history(bare: Engine) -> None:
    """A database of the first revision with runs in its ledger."""
    failures = json.dumps([{"stage": "ingest", "code": "DB_ERROR", "message": "old"}])
    with for_writing(bare).begin() as connection:
        upgrade(connection, "0001")
        for number, (run_id, status) in enumerate(HISTORY):
            connection.exec_driver_sql(
                "INSERT INTO sync_runs (run_id, status, project, started_at, heartbeat_at, host, pid, failures_json) "
                "VALUES (?, ?, 'group/app', ?, ?, 'here', 1, ?)",
                (run_id, status, number, number, failures),
            )
        connection.exec_driver_sql("INSERT INTO dirty_sources VALUES ('issue', 1, 5)")


@pytest.mark.requirement("sync:ledger-upgrade-keeps-history")
def test_an_older_database_with_history_is_upgraded_in_place_and_keeps_its_rows(bare: Engine, path: Path) -> None:
    with_history(bare)
    with open_database(f"sqlite:///{path}") as engine:
        ledger = SqlRunLedger(
            engine, liveness=MemoryLiveness(), clock=MemoryClock(), process=MemoryProcessIdentity(host="here")
        )
        runs = {run.run_id: run for run in ledger.runs(RunFilter())}
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM dirty_sources").scalar() == 1
    assert {run_id: (run.status, run.phase) for run_id, run in runs.items()} == {
        "old-1": (RunStatus.SUCCEEDED, RunPhase.DONE),
        "old-2": (RunStatus.FAILED, RunPhase.FAILED),
        "old-3": (RunStatus.CANCELLED, RunPhase.INGEST),
        "old-4": (RunStatus.INTERRUPTED, RunPhase.INGEST),
    }
    assert {run.mode for run in runs.values()} == {RunMode.STANDARD}
    assert {run.counters for run in runs.values()} == {Counters()}
    assert runs["old-1"].failures[0].message == "old"


def test_a_migration_that_fails_leaves_the_database_as_it_was(bare: Engine, path: Path) -> None:
    with_history(bare)
    with for_writing(bare).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE sync_runs ADD COLUMN requests_json")
        before = objects(connection)
    with pytest.raises(MigrationFailed) as failed, open_database(f"sqlite:///{path}"):
        pass
    assert "0002" in failed.value.message
    with bare.connect() as connection:
        assert objects(connection) == before
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0001"
        assert connection.exec_driver_sql("SELECT count(*) FROM sync_runs").scalar() == len(HISTORY)


@pytest.mark.requirement("sync:migrations-take-the-sync-lock")
def test_under_a_living_sync_nothing_is_migrated(bare: Engine, path: Path) -> None:
    with_history(bare)
    lock = {"name": "sync", "owner": "ada", "pid": 4711, "host": "here", "acquired_at": 1, "heartbeat_at": 1}
    with for_writing(bare).begin() as connection:
        connection.execute(insert(app_locks).values(**lock))
    liveness = MemoryLiveness()
    opening = open_database(f"sqlite:///{path}", liveness=liveness)
    with liveness.living("ada"), pytest.raises(StoreLocked) as refused, opening:
        pass
    assert "4711" in refused.value.message
    with open_database(f"sqlite:///{path}", liveness=liveness) as engine, engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == REVISIONS[-1]


def test_items_with_a_milestone_are_written_anew_after_the_upgrade_that_makes_it_searchable(
    engine: Engine, writing: Writing, project_id: ProjectId
) -> None:
    with writing() as transaction:
        put(transaction, project_id, builders.issue(1, milestone=builders.milestone(1)))
        put(transaction, project_id, builders.issue(2))
    write_documents(writing)
    with for_writing(engine).begin() as connection:
        downgrade(connection, "0008")
        upgrade(connection, "0009")
        due = connection.exec_driver_sql("SELECT source_type, iid FROM dirty_sources JOIN issues ON id = source_id")
        assert [tuple(row) for row in due] == [("issue", 1)]
    write_documents(writing)
    with engine.connect() as connection:
        titles = connection.exec_driver_sql("SELECT iid, milestone FROM documents ORDER BY iid")
        assert [tuple(row) for row in titles] == [(1, builders.milestone(1).title), (2, "")]
