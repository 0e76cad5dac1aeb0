"""Names in the order in which they are given."""

from itertools import count


class MemoryIdentifiers:
    """Port `Identifiers`: `run-1`, `run-2`, ..."""

    def __init__(self, prefix: str = "run") -> None:
        self._prefix = prefix
        self._numbers = count(1)

    def new(self) -> str:
        return f"{self._prefix}-{next(self._numbers)}"
