"""Private files on disk: written beside their place, flushed, and moved there in one step."""

import contextlib
import os
import tempfile
from pathlib import Path

from domain.errors import FileError
from domain.safe_text import single_line

_FOLDER_MODE = 0o700


class DiskPrivateFiles:
    def read(self, path: str) -> str | None:
        try:
            return Path(path).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise _refused("read", path, error) from error

    def write(self, path: str, text: str) -> None:
        try:
            _replace(Path(path), text.encode())
        except OSError as error:
            raise _refused("written", path, error) from error

    def remove(self, path: str) -> bool:
        try:
            Path(path).unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _refused("removed", path, error) from error
        return True


def _replace(target: Path, content: bytes) -> None:
    target = target.resolve()  # a file that is linked to its place stays linked
    target.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)  # made with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system lets a folder be flushed."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refused(what: str, path: str, error: OSError | UnicodeDecodeError) -> FileError:
    reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
    return FileError(
        f"{single_line(path)} cannot be {what}: {reason}.",
        suggestion="Mend its permissions or those of its folder, or make room on the disk.",
        details={"path": path},
    )
