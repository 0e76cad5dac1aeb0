"""Whether the process behind a name is still there."""

from contextlib import AbstractContextManager
from typing import Protocol


class Liveness(Protocol):
    """The kernel's word on who lives: a lock that ends with its process, whatever ends it."""

    def living(self, name: str) -> AbstractContextManager[None]:
        """Be alive under this name for the block. A name belongs to one holder at a time."""
        ...

    def is_alive(self, name: str) -> bool:
        """Whether a process of this host lives under the name now."""
        ...
