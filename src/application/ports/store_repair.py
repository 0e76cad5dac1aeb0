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


@dataclass(frozen=True, slots=True, kw_only=True)
class MendedVectors:
    dropped: int
    """Vectors that nothing could be done with: `lore embed` makes them again."""
    entries: int
    """Vectors that can be found again."""


class StoreRepair(Protocol):
    def findings(self) -> tuple[Finding, ...]:
        """What was checked, in this order:

        `integrity`: the file, by the database's own check.
        `foreign_keys`: rows of what GitLab sent that name rows which are not there.
        `index`: the full-text index holds each document's text, and nothing else.
        `orphans`: documents without a living source.
        `documents`: living sources that have none and are not due for one; documents that are not what they were
            when they were written.
        `chunks`: each document is cut into its passages, and there are no others.
        `vectors`: each belongs to a passage or a title and to a space, has that space's length, and a finite scale.
        `segments`: each vector is in the index that is searched, with its signs and its document.
        """
        ...

    def mend_index(self, lease: Lease) -> int:
        """Remove documents without a living source, bring the full-text index into line with the documents, and make
        those due again whose row or passages are not as they were written: rendering all documents mends them.

        Returns how many were wrong. Under the `sync` lock; lets others in between transactions. Raises `LockLost` if
        the lease is no longer held.
        """
        ...

    def mend_vectors(self, lease: Lease) -> MendedVectors:
        """Drop the vectors that are unusable or contradict the index, and make the index anew where any are missing.

        Under the `embed` lock. Raises `LockLost` if the lease is no longer held.
        """
        ...
