"""The ports of the operations over a database."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.locks.kernel_liveness import KernelLiveness
from adapters.memory.clock import MemoryClock
from adapters.sql.content_store import SqlContentStore
from adapters.sql.document_sources import SqlDocumentSources
from adapters.sql.project_registry import SqlProjectRegistry
from adapters.sql.store_health import SqlStoreHealth
from adapters.sql.store_schema import SqlStoreSchema
from adapters.system.process_identity import SystemProcessIdentity
from application.ports.content_store import ContentStore
from application.ports.document_sources import DocumentSources
from application.ports.locks import SYNC, Locks
from application.ports.project_registry import ProjectRegistry
from application.ports.store_health import StoreHealth
from application.ports.store_schema import StoreSchema
from contracts.content.opened_store import OpenedStore, Writing
from contracts.project_registry_contract import DocumentSourcesContract, ProjectRegistryContract, fill
from contracts.sql_scene import sql_locks
from contracts.store_schema_contract import StoreHealthContract, StoreSchemaContract
from domain.errors import StoreError
from domain.refs import ProjectId

NOT_OURS = ("sqlite_", "documents_fts_")
STAYS = {"alembic_version", "app_locks", "app_lock_waiters", "instances", "users"}


def health_of(database: Path, clock: MemoryClock | None = None) -> SqlStoreHealth:
    return SqlStoreHealth(
        f"sqlite:///{database}",
        liveness=KernelLiveness(database.parent / "locks"),
        clock=clock or MemoryClock(),
        process=SystemProcessIdentity(),
        stale_lock_minutes=10,
    )


class InSql(OpenedStore):
    @pytest.fixture
    def locks(self, engine: Engine, tmp_path: Path) -> Locks:
        return sql_locks(engine, tmp_path)

    @pytest.fixture
    def store(self, engine: Engine) -> ContentStore:
        return SqlContentStore(engine, MemoryClock())


class TestSqlProjectRegistry(InSql, ProjectRegistryContract):
    @pytest.fixture
    def registry(self, engine: Engine) -> ProjectRegistry:
        return SqlProjectRegistry(engine)

    def test_a_forgotten_project_leaves_no_row_in_any_table(
        self, engine: Engine, registry: ProjectRegistry, writing: Writing, project_id: ProjectId
    ) -> None:
        def counts() -> dict[str, int]:
            with engine.connect() as connection:
                names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
                own = [
                    name
                    for name in names
                    if name not in STAYS and not name.startswith(("sqlite_", "documents_fts_", "items_fts_"))
                ]
                return {
                    name: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one())  # noqa: S608 - names of the schema's own
                    for name in own
                }

        fill(writing, project_id)
        assert sum(counts().values()) > 10
        with engine.connect() as connection:
            owner = str(connection.exec_driver_sql("SELECT owner FROM app_locks").scalar_one())
        registry.forget(Held(owner), project_id)
        assert {name: count for name, count in counts().items() if count} == {}


class Held:
    """The lease that the fixture holds, as another sees it."""

    def __init__(self, owner: str) -> None:
        self.name = SYNC
        self.owner = owner

    def let_others_in(self) -> bool:
        return False


class TestSqlDocumentSources(InSql, DocumentSourcesContract):
    @pytest.fixture
    def sources(self, engine: Engine) -> DocumentSources:
        return SqlDocumentSources(engine)


class TestSqlStoreSchema(StoreSchemaContract):
    @pytest.fixture
    def schema(self, tmp_path: Path) -> StoreSchema:
        return SqlStoreSchema(f"sqlite:///{tmp_path / 'lore.db'}", KernelLiveness(tmp_path / "locks"))

    def test_looking_makes_no_file(self, schema: StoreSchema, tmp_path: Path) -> None:
        schema.state()
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_is_no_database_is_told(self, schema: StoreSchema, tmp_path: Path) -> None:
        (tmp_path / "lore.db").write_bytes(b"not a database, but long enough to look like one" * 30)
        with pytest.raises(StoreError):
            schema.state()


class TestSqlStoreHealth(StoreHealthContract):
    @pytest.fixture
    def health(self, database: Path) -> Iterator[StoreHealth]:
        return health_of(database)  # type: ignore[return-value]  # pytest takes a value as well as an iterator

    def test_rows_that_name_rows_which_are_not_there_are_damage(self, database: Path) -> None:
        with sqlite3.connect(database) as connection:
            connection.execute("INSERT INTO project_aliases (instance_id, project_id, path) VALUES (8, 9, 'x')")
        connection.close()
        (first, *_rest) = health_of(database).damage()
        assert "project_aliases" in first

    def test_an_index_entry_without_its_document_is_a_gap(self, database: Path) -> None:
        with sqlite3.connect(database) as connection:
            connection.execute("INSERT INTO documents_fts (rowid, title) VALUES (99, 'lost')")
        connection.close()
        assert health_of(database).index_gaps() == 1

    def test_a_held_lock_is_alive(self, engine: Engine, database: Path, tmp_path: Path) -> None:
        with sql_locks(engine, tmp_path).hold(SYNC, wait_ms=0):
            (held,) = health_of(database).locks()
        assert (held.name, held.alive) == (SYNC, True)

    def test_a_lock_left_behind_is_not_alive(self, database: Path) -> None:
        host = SystemProcessIdentity().host
        plant_lock(database, host=host, heartbeat_at=0)
        assert [held.alive for held in health_of(database).locks()] == [False]

    @pytest.mark.parametrize(("minutes_ago", "alive"), [(9, True), (11, False)])
    def test_on_another_host_the_heartbeat_decides(self, database: Path, minutes_ago: int, alive: bool) -> None:
        clock = MemoryClock()
        plant_lock(database, host="elsewhere", heartbeat_at=clock.now_ms() - minutes_ago * 60_000)
        assert [held.alive for held in health_of(database, clock).locks()] == [alive]


def plant_lock(database: Path, *, host: str, heartbeat_at: int) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute(
            "INSERT INTO app_locks (name, owner, pid, host, acquired_at, heartbeat_at) VALUES (?, ?, ?, ?, ?, ?)",
            (SYNC, "somebody", 1, host, heartbeat_at, heartbeat_at),
        )
    connection.close()
