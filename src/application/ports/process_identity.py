"""Who this process is, for people who look for it."""

from typing import Protocol


class ProcessIdentity(Protocol):
    @property
    def host(self) -> str: ...

    @property
    def pid(self) -> int: ...
