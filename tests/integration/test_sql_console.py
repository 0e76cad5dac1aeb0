"""SQL from a user reads the store and does nothing else."""

import os
import sqlite3
from pathlib import Path

import pytest

from adapters.sql.console import SqliteConsole
from application.ports.sql_console import SqlAnswer
from contracts import builders
from contracts.content.opened_store import Writing, put
from contracts.reading.shelf import fill, write_documents
from domain.errors import LoreError, NotFound, StoreError, UsageError
from domain.refs import ProjectId


@pytest.fixture
def filled(database: Path, writing: Writing) -> Path:
    fill(writing)
    write_documents(writing)
    return database


def asked(database: Path, query: str, *, limit: int | None = None, timeout_ms: int = 30_000) -> SqlAnswer:
    return SqliteConsole(database).run(query, limit=limit, timeout_ms=timeout_ms)


def refused(database: Path, query: str, *, timeout_ms: int = 30_000) -> LoreError:
    with pytest.raises(LoreError) as caught:
        asked(database, query, timeout_ms=timeout_ms)
    return caught.value


class TestReading:
    def test_rows_come_under_the_names_of_their_columns(self, filled: Path) -> None:
        found = asked(filled, "SELECT iid, title FROM issues WHERE project_id = 2")
        assert (found.columns, found.rows, found.truncated) == (("iid", "title"), ((1, "Retry budget"),), False)

    def test_no_more_rows_than_wanted_and_it_says_that_there_are_more(self, filled: Path) -> None:
        found = asked(filled, "SELECT id FROM issues ORDER BY id", limit=2)
        assert (len(found.rows), found.truncated) == (2, True)
        assert asked(filled, "SELECT id FROM issues WHERE id <= 2", limit=2).truncated is False

    def test_every_value_can_be_told_in_json(self, filled: Path) -> None:
        found = asked(filled, "SELECT x'00ff', 9e999, -9e999, NULL, 1.5, CAST(x'ff41' AS TEXT)")
        assert found.rows == (("X'00FF'", "inf", "-inf", None, 1.5, "\ufffdA"),)

    def test_the_full_text_index_can_be_searched(self, filled: Path) -> None:
        found = asked(filled, "SELECT count(*) FROM documents_fts WHERE documents_fts MATCH 'retry'")
        assert found.rows == ((3,),)

    def test_the_schema_and_the_plan_of_a_query_can_be_seen(self, filled: Path) -> None:
        assert asked(filled, "PRAGMA table_info(issues)").columns[1] == "name"
        assert asked(filled, "EXPLAIN QUERY PLAN SELECT * FROM issues").rows
        assert ("issues",) in asked(filled, "SELECT name FROM sqlite_schema").rows

    def test_what_was_committed_a_moment_ago_is_there(
        self, filled: Path, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            put(transaction, project_id, builders.issue(77))
        assert asked(filled, "SELECT count(*) FROM issues WHERE iid = 77").rows == ((1,),)


@pytest.mark.requirement("cli:sql-only-reads")
class TestRefusals:
    @pytest.mark.parametrize(
        "query",
        [
            "DELETE FROM issues",
            "UPDATE issues SET title = ''",
            "INSERT INTO labels (project_id, name) VALUES (1, 'x')",
            "WITH one AS (SELECT 1) DELETE FROM issues",
            "DROP TABLE issues",
            "CREATE TEMP TABLE t (x)",
            "ATTACH DATABASE '/tmp/other.db' AS other",
            "VACUUM INTO '/tmp/other.db'",
            "PRAGMA query_only = OFF",
            "PRAGMA journal_mode = DELETE",
            "PRAGMA writable_schema = ON",
            "PRAGMA data_version = 3",
            "SELECT load_extension('evil')",
            "INSERT INTO documents_fts(documents_fts) VALUES ('rebuild')",
            "BEGIN IMMEDIATE",
            "SELECT 1; DELETE FROM issues",
        ],
    )
    def test_nothing_is_written_and_no_other_file_is_reached(self, filled: Path, query: str) -> None:
        before = dumped(filled)
        assert isinstance(refused(filled, query), UsageError)
        assert dumped(filled) == before

    @pytest.mark.parametrize("query", ["selekt", "SELECT nothing FROM issues", "SELECT '", "SELECT * FROM nowhere"])
    def test_a_wrong_query_is_told_in_sqlites_words(self, filled: Path, query: str) -> None:
        error = refused(filled, query)
        assert isinstance(error, UsageError)
        assert error.message.startswith("The query cannot be run: ")
        assert not error.message.endswith("..")

    def test_a_query_with_half_a_character_is_refused(self, filled: Path) -> None:
        assert isinstance(refused(filled, "SELECT '\ud800'"), UsageError)

    def test_a_query_without_end_is_ended(self, filled: Path) -> None:
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        error = refused(filled, endless, timeout_ms=50)
        assert isinstance(error, StoreError)
        assert "--timeout" in error.suggestion

    def test_without_a_store_there_is_nothing_to_ask(self, tmp_path: Path) -> None:
        assert isinstance(refused(tmp_path / "none.db", "SELECT 1"), NotFound)
        assert not (tmp_path / "none.db").exists()

    def test_what_is_no_database_is_told_as_such(self, tmp_path: Path) -> None:
        file = tmp_path / "notes.txt"
        file.write_text("no database, but long enough to be taken for one" * 40)
        assert isinstance(refused(file, "SELECT * FROM issues"), StoreError)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_cannot_be_read_is_told_as_such(self, filled: Path) -> None:
        filled.chmod(0)
        assert isinstance(refused(filled, "SELECT 1"), LoreError)


def dumped(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
