"""Telling the user how far a run has come."""

from typing import Protocol


class Progress(Protocol):
    def stage(self, name: str, *, total: int | None = None) -> None:
        """A stage begins; `total` is the number of steps where it is known."""
        ...

    def advance(self, steps: int = 1, *, total: int | None = None, detail: str = "") -> None:
        """Steps of the current stage are done; a `total` given replaces the earlier one."""
        ...
