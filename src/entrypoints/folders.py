"""Folders of our own, which are the user's alone."""

from pathlib import Path

from domain.errors import FileError
from domain.safe_text import single_line


def make_private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            f"The folder {single_line(str(folder))} cannot be made: {error.strerror}.",
            suggestion="Mend the permissions of the folder above it, or choose another place in storage.database_url.",
            details={"path": str(folder)},
        ) from error
