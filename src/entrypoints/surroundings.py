"""What the door that opens a container brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.ports.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a container gets from the door that opens it."""

    environ: Mapping[str, str] = field(repr=False)
    progress: Progress
    urgent: bool = False
    """Somebody waits for a few items: requests may use the part of the budget that bulk work leaves."""
    hasty: bool = False
    """Somebody wants to know whether GitLab answers: a few seconds of trying are enough."""
