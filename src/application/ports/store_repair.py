"""Finding what in the store does not fit together, and mending it."""

from dataclasses import dataclass
from typing import Protocol

from application.ports.locks import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was checked."""

    check: str
    count: int
    """How many places are wrong; 0: all is well."""
    example: str = ""


class StoreRepair(Protocol):
    def findings(self) -> tuple[Finding, ...]:
        """`integrity`, `foreign_keys`, `index` (documents and full-text index), `orphans` (documents without a living
        source), `documents` (living sources that have none and are not due for one)."""
        ...

    def mend_index(self, lease: Lease) -> int:
        """Remove documents without a living source and bring the full-text index into line with the documents.

        Returns how many entries were wrong. Lets others in between transactions. Raises `LockLost` if the lease is no
        longer held.
        """
        ...
