"""Processes that are killed while they write."""

from pathlib import Path

import pytest

from adapters.sql.content_store import SqlContentStore
from adapters.sql.database import open_database
from adapters.system.clock import SystemClock
from contracts.store_processes import PROJECT, elsewhere, heard, register_project
from domain.refs import EntityKind


@pytest.mark.requirement("sync:rule-1")
@pytest.mark.parametrize("pages", [0, 1, 30])
def test_a_page_and_its_cursor_are_kept_together_or_not_at_all(database: Path, pages: int) -> None:
    register_project(database)
    for _ in range(2):  # the second process goes on where the first was killed, with nothing to repair
        with elsewhere("write_pages", database) as writer:
            said = [int(heard(writer)) for _ in range(pages)]
            writer.kill()
            writer.wait()
        with open_database(f"sqlite:///{database}") as engine, SqlContentStore(engine, SystemClock()).reading() as view:
            cursor = view.cursors.get(PROJECT, EntityKind.ISSUE)
            assert cursor is not None
            assert cursor >= max(said, default=1)
            assert view.dirty.count() == cursor
            assert cursor % 3 == 0
        with open_database(f"sqlite:///{database}") as engine, engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
