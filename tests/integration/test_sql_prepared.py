"""Prepared statements: what they answer, and whose errors they raise."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, bindparam, func, insert, select

from adapters.sql.connections import for_writing
from adapters.sql.database import open_database
from adapters.sql.prepared import Prepared, among, inserting, inserting_for_key
from adapters.sql.schema import dirty_sources, instances
from domain.errors import StoreError, StoreLocked

MARK = inserting(dirty_sources)
ALL = Prepared(select(dirty_sources).order_by(dirty_sources.c.source_id))
COUNT = Prepared(select(func.count()).select_from(dirty_sources))
ONE = {"source_type": "issue", "source_id": 1, "queued_at": 5}


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with for_writing(engine).connect() as connection:
        yield connection


def test_rows_have_the_names_of_their_columns(connection: Connection) -> None:
    MARK.run(connection, **ONE)
    (row,) = ALL.run(connection)
    assert (row.source_type, row.source_id, row.queued_at) == ("issue", 1, 5)
    assert list(ALL.run(connection)) == [("issue", 1, 5)]
    assert list(ALL.run(connection).scalars()) == ["issue"]


def test_a_statement_joins_the_transaction_of_its_connection_or_begins_one(connection: Connection) -> None:
    MARK.run(connection, **ONE)
    assert connection.in_transaction()
    connection.rollback()
    assert COUNT.run(connection).scalar() == 0


def test_what_is_not_there_is_none(connection: Connection) -> None:
    assert ALL.run(connection).first() is None
    assert ALL.run(connection).scalar() is None


def test_many_rows_go_in_at_once_and_none_is_no_statement(connection: Connection) -> None:
    MARK.each(connection, [])
    assert not connection.in_transaction()
    MARK.each(connection, (ONE | {"source_id": number} for number in range(3)))
    assert COUNT.run(connection).scalar() == 3


def test_lists_of_any_length_are_one_value(connection: Connection) -> None:
    MARK.each(connection, (ONE | {"source_id": number} for number in range(5)))
    some = Prepared(
        select(dirty_sources.c.source_id).where(among(dirty_sources.c.source_id, "ids"), dirty_sources.c.queued_at == 5)
    )
    assert list(some.run(connection, ids="[1, 3, 99]").scalars()) == [1, 3]


def test_values_in_the_statement_and_given_ones_go_together(connection: Connection) -> None:
    fixed = Prepared(
        insert(dirty_sources).values(source_type="issue", source_id=bindparam("number"), queued_at=bindparam("number"))
    )
    fixed.run(connection, number=7)
    fixed.each(connection, [{"number": 8}])
    assert list(ALL.run(connection)) == [("issue", 7, 7), ("issue", 8, 8)]


def test_an_insert_can_tell_the_new_key(connection: Connection) -> None:
    insert_instance = inserting_for_key(instances)
    first = insert_instance.run(connection, name="a", base_url="").scalar()
    assert insert_instance.run(connection, name="b", base_url="").scalar() == first + 1
    connection.commit()


def test_a_mistake_of_ours_is_not_called_a_bad_database(connection: Connection) -> None:
    MARK.run(connection, **ONE)
    with pytest.raises(sqlite3.IntegrityError):
        MARK.run(connection, **ONE)
    with pytest.raises(sqlite3.IntegrityError):
        MARK.each(connection, [ONE])


def test_the_errors_of_the_database_are_the_domains(database: Path) -> None:
    with open_database(f"sqlite:///{database}") as engine, for_writing(engine).begin() as connection:
        MARK.each(connection, (ONE | {"source_id": number} for number in range(3_000)))
        found = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'dirty_sources'")
        pages = list(found.scalars())
    for page in pages:
        damage(database, page)
    with open_database(f"sqlite:///{database}") as engine, engine.connect() as connection:
        with pytest.raises(StoreError) as told:
            list(ALL.run(connection))
        with pytest.raises(StoreError):
            COUNT.run(connection).scalar()
    assert "damaged" in told.value.message


def test_a_busy_database_is_told(database: Path, engine: Engine) -> None:
    blocker = sqlite3.connect(database, isolation_level=None)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
        blocker.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked):
            MARK.run(connection, **ONE)
        with pytest.raises(StoreLocked):
            MARK.each(connection, [ONE])
    blocker.close()


def damage(database: Path, page: int) -> None:
    with database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\x55" * 4096)
