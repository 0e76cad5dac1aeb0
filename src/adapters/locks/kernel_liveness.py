"""Who lives, told by the kernel: a locked file for each name, which ends with its process, whatever ends it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import FileError, StoreLocked

if TYPE_CHECKING:
    from filelock import FileLock

_GLANCE_S = 0.004


class KernelLiveness:
    """Port `Liveness`. The files (mode 0600) lie in a directory of their own and go with their holders.

    A file that is there without its lock belongs to a process that was killed; whoever notices removes it. A holder
    that was about to lock it notices that its file has no name any more, and starts again (filelock does).
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @contextmanager
    def living(self, name: str) -> Iterator[None]:
        lock = self._lock(name)
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            lock.acquire()
        except TimeoutError:
            raise StoreLocked(f"Another process lives under the name {name!r}.", details={"name": name}) from None
        except OSError as error:
            raise self._unusable(error) from error
        try:
            yield
        finally:
            self._end(name, lock)

    def is_alive(self, name: str) -> bool:
        # Whoever looks holds the lock for a moment: a second one who looks then must not take that for a life.
        return self._is_locked(name) and self._is_locked(name, wait_s=_GLANCE_S)

    def _is_locked(self, name: str, *, wait_s: float = 0) -> bool:
        if not self._file(name).exists():
            return False
        lock = self._lock(name)
        try:
            lock.acquire(timeout=wait_s, poll_interval=_GLANCE_S / 4)
        except TimeoutError:
            return True
        except OSError as error:
            raise self._unusable(error) from error
        self._end(name, lock)
        return False

    def _end(self, name: str, lock: FileLock) -> None:
        self._file(name).unlink(missing_ok=True)  # while it is locked, so that nobody else's file is removed
        lock.release()

    def _lock(self, name: str) -> FileLock:
        from filelock import FileLock  # noqa: PLC0415 - reading commands ask after nobody, and it costs 20 ms

        return FileLock(self._file(name), timeout=0, mode=0o600, thread_local=False)

    def _file(self, name: str) -> Path:
        return self._directory / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.lock"

    def _unusable(self, error: OSError) -> FileError:
        return FileError(
            f"The folder {self._directory} for lock files cannot be used: {error.strerror}.",
            suggestion="It lies beside the database and must be writable for you.",
            details={"path": str(self._directory)},
        )
