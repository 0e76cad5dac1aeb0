"""The version of the store's schema."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaState:
    place: str
    """The database, for people."""
    current: str | None
    """None: there is no store yet."""
    newest: str
    """What this program works with."""


class StoreSchema(Protocol):
    """Both methods raise `StoreError` for a database that is not lore's, is damaged, or is newer than this program."""

    def state(self) -> SchemaState:
        """Changes nothing, and makes no file."""
        ...

    def upgrade(self) -> None:
        """Bring the store to the newest schema, making it where there is none; `MigrationFailed` leaves it as it was.

        Raises `StoreLocked` while a sync runs on it.
        """
        ...
