"""Small text files of the user's that nobody else may read."""

from typing import Protocol


class PrivateFiles(Protocol):
    """Files with mode 0600. Every method raises `FileError` where the system refuses."""

    def read(self, path: str) -> str | None:
        """The text, or None if there is no such file."""
        ...

    def write(self, path: str, text: str) -> None:
        """Replace the whole file at once: after a crash at any instant it holds the old text or the new.

        Folders that are missing are made, for the user alone.
        """
        ...

    def remove(self, path: str) -> bool:
        """False if there was no such file."""
        ...
