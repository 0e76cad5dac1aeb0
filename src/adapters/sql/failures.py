"""What SQLite complains of, in the words of the domain; the one place where its errors are translated."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from domain.errors import FileError, LoreError, StoreError, StoreLocked

Details = dict[str, str]


def translated(error: sqlite3.Error, path: Path) -> LoreError | None:
    """The domain's error for one of SQLite's, or None where it can only be a mistake of ours."""
    say = _SAYING.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return None if say is None else say(path, {"path": str(path), "sqlite": str(error)})


def busy(path: Path, details: Details) -> StoreLocked:
    return StoreLocked(
        f"Another process keeps the database {path} busy.",
        suggestion="Try again when it has finished.",
        actions=("lore doctor",),
        details=details,
    )


def no_space(path: Path, details: Details) -> FileError:
    return FileError(
        f"There is no space left for the database {path}.",
        suggestion="Free some space on that disk and run the command again; nothing was half written.",
        details=details,
    )


def out_of_reach(path: Path, details: Details) -> FileError:
    return FileError(
        f"The database {path}, or a file that belongs beside it, cannot be opened, read or written.",
        suggestion="Check the disk, and that the folder and its files belong to you and can be written.",
        actions=("lore doctor",),
        details=details,
    )


def damaged(path: Path, details: Details) -> StoreError:
    return StoreError(
        f"The database {path} is damaged.",
        suggestion="Move it away and run `lore sync`: everything in it comes from GitLab and can be fetched again.",
        actions=("lore stats --check",),
        details=details,
    )


def no_database(path: Path, details: Details) -> StoreError:
    return StoreError(
        f"{path} is no database of lore's.",
        suggestion="Choose another file in storage.database_url, or move this one away.",
        details=details,
    )


def read_only(path: Path, details: Details) -> StoreError:
    return StoreError(
        f"The database {path} is read-only here.",
        suggestion="Make the file and its folder writable for you, or choose another place in storage.database_url.",
        details=details,
    )


_SAYING: dict[int, Callable[[Path, Details], LoreError]] = {
    sqlite3.SQLITE_BUSY: busy,
    sqlite3.SQLITE_LOCKED: busy,
    sqlite3.SQLITE_CORRUPT: damaged,
    sqlite3.SQLITE_NOTADB: no_database,
    sqlite3.SQLITE_READONLY: read_only,
    sqlite3.SQLITE_PERM: read_only,
    sqlite3.SQLITE_FULL: no_space,
    sqlite3.SQLITE_CANTOPEN: out_of_reach,
    sqlite3.SQLITE_IOERR: out_of_reach,
}


@contextmanager
def translating(path: Path) -> Iterator[None]:
    """For calls of the driver itself."""
    try:
        yield
    except sqlite3.Error as error:
        better = translated(error, path)
        if better is None:
            raise
        raise better from error


def translate_errors_of(engine: Engine, path: Path) -> None:
    """From now on the engine's connections raise the domain's errors."""

    @event.listens_for(engine, "handle_error")
    def translate(context: ExceptionContext) -> None:
        error = context.original_exception
        if isinstance(error, sqlite3.Error):
            better = translated(error, path)
            if better is not None:
                raise better from error
