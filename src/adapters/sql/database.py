"""Opening the store: its file and its schema."""

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from adapters.sql.connections import engine_of
from adapters.sql.failures import no_database, out_of_reach, read_only
from adapters.sql.versions import bring_up_to_date
from application.ports.liveness import Liveness
from domain.errors import ConfigInvalid, FileError


@contextmanager
def open_database(url: str, *, liveness: Liveness | None = None) -> Iterator[Engine]:
    """Open the store at its newest schema, making or upgrading it where needed, and close it with the block.

    Raises `ConfigInvalid`, `FileError`, `StoreError` or `MigrationFailed`, each with a remedy. With `liveness`, an
    upgrade is refused (`StoreLocked`) while a living process holds the `sync` lock.
    """
    path = database_file(url)
    _make_private_file(path)
    engine = engine_of(path)
    try:
        bring_up_to_date(engine, path, liveness)
        yield engine
    finally:
        engine.dispose()


def is_there(path: Path) -> bool:
    """Whether the store was ever made. Raises `FileError` where its folder cannot be looked into."""
    try:
        return path.exists()
    except OSError as error:
        raise out_of_reach(path, {"path": str(path)}) from error


def database_file(url: str) -> Path:
    """The file behind a `database_url`. Raises `ConfigInvalid` for every kind that is not built yet."""
    parsed = _parsed(url)
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise ConfigInvalid(f"A store of the kind {parsed.drivername!r} is not built yet.", suggestion=_A_FILE)
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise ConfigInvalid("storage.database_url names no plain file.", suggestion=_A_FILE)
    return Path(parsed.database)


_A_FILE = "Set storage.database_url to a file, such as sqlite:////home/me/lore.db."


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigInvalid("storage.database_url is no database URL.", suggestion=_A_FILE) from None


def _make_private_file(path: Path) -> None:
    """SQLite gives the files that it makes beside a database the database's own mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        _check_file(path)
    except FileNotFoundError as error:
        raise FileError(
            f"There is no folder {path.parent} for the database.",
            suggestion="Make it, or choose another place in storage.database_url.",
            actions=(f"mkdir -p {shlex.quote(str(path.parent))}",),
        ) from error
    except OSError as error:
        raise FileError(
            f"The database {path} cannot be made: {error.strerror}.",
            suggestion="Choose another place in storage.database_url.",
            details={"path": str(path)},
        ) from error


def _check_file(path: Path) -> None:
    """Without opening it: closing it again would drop the locks that SQLite may hold on it in this process."""
    if not path.is_file():
        raise FileError(
            f"{path} is no file.",
            suggestion="Choose another place in storage.database_url.",
            details={"path": str(path)},
        )
    if not os.access(path, os.R_OK | os.W_OK):
        raise read_only(path, {"path": str(path)})
    if 0 < path.stat().st_size < _SMALLEST:
        raise no_database(path, {"path": str(path)})


_SMALLEST = 512
"""Bytes of the smallest database; SQLite takes some shorter files for empty ones, and would overwrite them."""
