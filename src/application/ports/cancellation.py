"""The user's wish to stop."""

from typing import Protocol


class Cancellation(Protocol):
    """Asked between stages and between entities (C12), so that a cancelled run leaves whole entities only."""

    def check(self) -> None:
        """Raise `Cancelled` once the user has asked to stop."""
        ...
