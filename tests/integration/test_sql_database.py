"""Opening databases of every kind: new, old, newer, damaged, foreign, out of reach."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine

from adapters.sql.connections import for_writing
from adapters.sql.database import database_file, open_database
from adapters.sql.versions import REVISIONS
from contracts.store_processes import register_project
from domain.errors import ConfigInvalid, FileError, LoreError, StoreError, StoreLocked


def opening(path: Path) -> LoreError:
    """The error that opening the file ends with, which must say what to do."""
    with pytest.raises(LoreError) as failed, open_database(f"sqlite:///{path}"):
        pass
    assert failed.value.suggestion
    return failed.value


def test_a_new_database_is_made_with_all_it_needs(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path / 'new.db'}") as engine, engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5000, "synchronous": 1}
    assert revision == REVISIONS[-1]


def test_everybody_else_is_kept_out_of_its_files_whatever_the_umask(tmp_path: Path) -> None:
    path, before = tmp_path / "new.db", os.umask(0)
    try:
        with open_database(f"sqlite:///{path}") as engine, for_writing(engine).begin() as connection:
            connection.exec_driver_sql("INSERT INTO dirty_sources VALUES ('issue', 1, 1)")
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}


def test_processes_that_start_together_make_one_database(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(register_project, [path] * 4)) == [1] * 4


@pytest.mark.parametrize(
    "url", ["postgresql://me:secret@host/lore", "mysql://host/lore", "sqlite://", "sqlite:///:memory:", "nonsense", ""]
)
def test_a_store_of_another_kind_is_not_built_yet(url: str) -> None:
    with pytest.raises(ConfigInvalid) as refused:
        database_file(url)
    assert "sqlite:////" in refused.value.suggestion
    assert "secret" not in f"{refused.value} {refused.value.details}"


def test_a_database_url_names_a_file() -> None:
    assert database_file("sqlite:////var/lib/lore.db") == Path("/var/lib/lore.db")
    assert database_file("sqlite:///lore.db") == Path("lore.db")


def test_a_folder_that_is_missing_is_told_with_its_remedy(tmp_path: Path) -> None:
    error = opening(tmp_path / "no such" / "lore.db")
    assert isinstance(error, FileError)
    assert error.actions == (f"mkdir -p '{tmp_path / 'no such'}'",)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert isinstance(opening(tmp_path), FileError)


@pytest.mark.parametrize("content", [b"this is no database at all, " * 100, b"x"], ids=["long", "short"])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    error = opening(path)
    assert isinstance(error, StoreError)
    assert "no database of lore's" in error.message
    assert path.read_bytes() == content


@pytest.mark.parametrize("statement", ["CREATE TABLE songs (name)", "CREATE TABLE alembic_version (version_num)"])
def test_the_database_of_another_program_is_left_as_it_is(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "songs.db"
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    before = path.read_bytes()
    assert "no database of lore's" in opening(path).message
    assert path.read_bytes() == before


def test_a_damaged_database_is_told(database: Path) -> None:
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\x55" * (database.stat().st_size - 4096))
    error = opening(database)
    assert isinstance(error, StoreError)
    assert "damaged" in error.message
    assert "lore sync" in error.suggestion


def test_damage_that_shows_later_is_told_as_well(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'notes'").fetchone()
    connection.close()
    with database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\x55" * 4096)
    with (
        open_database(f"sqlite:///{database}") as engine,
        engine.connect() as reader,
        pytest.raises(StoreError) as told,
    ):
        reader.exec_driver_sql("SELECT * FROM notes").all()
    assert "damaged" in told.value.message


def test_a_newer_database_is_left_as_it_is(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    error = opening(database)
    assert isinstance(error, StoreError)
    assert "newer than this program" in error.message
    assert error.details["schema"] == "9999"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody reads the new file `busy.db` before it is in WAL mode, so that it cannot be changed."""
    connection = sqlite3.connect(tmp_path / "busy.db", isolation_level=None)
    connection.execute("CREATE TABLE t (c)")
    connection.execute("DROP TABLE t")
    connection.execute("BEGIN")
    connection.execute("SELECT * FROM sqlite_master").fetchall()
    yield connection
    connection.close()


def test_a_new_database_that_others_are_reading_is_waited_for(
    tmp_path: Path, reader: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: reader.close())
    with open_database(f"sqlite:///{tmp_path / 'busy.db'}") as engine, engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_new_database_that_others_are_reading_is_not_waited_for_without_end(
    tmp_path: Path, reader: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reader.in_transaction
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    assert isinstance(opening(tmp_path / "busy.db"), StoreLocked)


def test_a_full_disk_is_told_and_nothing_is_half_written(engine: Engine) -> None:
    with for_writing(engine).begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(FileError) as told, connection.begin_nested():
            connection.exec_driver_sql(
                "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
                "INSERT INTO dirty_sources SELECT 'issue', i, i FROM n"
            )
        connection.rollback()
        assert connection.exec_driver_sql("SELECT count(*) FROM dirty_sources").scalar() == 0
    assert "no space left" in told.value.message


def test_a_database_that_others_keep_busy_is_told(database: Path, engine: Engine) -> None:
    blocker = sqlite3.connect(database, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    with pytest.raises(StoreLocked), for_writing(engine).begin():
        pass
    blocker.close()


TRY_TO_OPEN = """
import os, sys
from pathlib import Path
from adapters.sql.database import is_there, open_database
from domain.errors import LoreError
if os.geteuid() == 0:
    os.setuid(65534)  # to root, nothing is read-only
try:
    is_there(Path(sys.argv[1]))
    with open_database(f"sqlite:///{sys.argv[1]}"):
        print("opened")
except LoreError as error:
    print(error.code, error.message, error.suggestion, sep="|")
"""


def opened_by_somebody_else(path: Path) -> list[str]:
    """What a process without special rights gets."""
    env = dict(os.environ) | {"PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder)}
    done = subprocess.run(
        [sys.executable, "-c", TRY_TO_OPEN, str(path)], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip().split("|")


@pytest.fixture
def public_folder(empty_database: Path) -> Iterator[Path]:
    """A folder that every user can reach, with an empty database for everybody."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        shutil.copy(empty_database, folder / "lore.db")
        (folder / "lore.db").chmod(0o666)
        yield folder


def test_what_can_be_written_can_be_opened(public_folder: Path) -> None:
    assert opened_by_somebody_else(public_folder / "lore.db") == ["opened"]


def test_a_read_only_database_is_told(public_folder: Path) -> None:
    (public_folder / "lore.db").chmod(0o444)
    code, message, suggestion = opened_by_somebody_else(public_folder / "lore.db")
    assert code == "DB_ERROR"
    assert "read-only" in message
    assert "writable" in suggestion


@pytest.mark.parametrize("name", ["lore.db", "new.db"])
def test_a_read_only_folder_is_told(public_folder: Path, name: str) -> None:
    public_folder.chmod(0o555)
    code, message, suggestion = opened_by_somebody_else(public_folder / name)
    public_folder.chmod(0o777)
    assert code in {"DB_ERROR", "IO_ERROR"}
    assert name in message
    assert suggestion


def test_a_folder_that_cannot_be_looked_into_is_told(public_folder: Path) -> None:
    (public_folder / "closed").mkdir(mode=0)
    code, message, suggestion = opened_by_somebody_else(public_folder / "closed" / "lore.db")
    assert (code, "closed/lore.db" in message, "belong to you" in suggestion) == ("IO_ERROR", True, True)
