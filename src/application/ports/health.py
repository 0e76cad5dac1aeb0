"""Single checks of whether everything is in order."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class CheckState(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """It works, but something wants attention."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """It cannot be told, because something else is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    state: CheckState
    message: str
    remedy: str = ""
    actions: tuple[str, ...] = ()


class HealthCheck(Protocol):
    """One thing that has to be in order. Changes nothing."""

    @property
    def name(self) -> str: ...

    @property
    def quick(self) -> bool:
        """Whether it belongs to the pre-flight: it is fast and asks no server."""
        ...

    def run(self) -> CheckOutcome:
        """A `LoreError` that is raised is a check that failed, with that error's remedy."""
        ...
