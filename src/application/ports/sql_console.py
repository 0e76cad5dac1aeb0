"""SQL over the store, for people who know what they want."""

from dataclasses import dataclass
from typing import Protocol

SqlValue = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlAnswer:
    columns: tuple[str, ...]
    rows: tuple[tuple[SqlValue, ...], ...]
    """Binary values as SQL literals, such as X'0A'."""
    truncated: bool
    """There are more rows than were asked for."""


class SqlConsole(Protocol):
    """Reads only: whatever the query is, it changes nothing and reaches no other file."""

    def run(self, query: str, *, limit: int | None, timeout_ms: int) -> SqlAnswer:
        """One statement. Raises `UsageError` for one that is wrong or would write, `StoreError` after the time, and
        `NotFound` where there is no store yet."""
        ...
