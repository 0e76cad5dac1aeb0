"""A process by its name only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryProcessIdentity:
    """Port `ProcessIdentity`."""

    host: str = ""
    pid: int = 1
