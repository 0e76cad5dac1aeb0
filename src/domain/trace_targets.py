"""What `lore trace` is asked for: a path, or lines of a file as editors and compilers name them."""

import re
from dataclasses import dataclass

from domain.errors import UsageError

_LINES = re.compile(r"^(?P<path>.+?):(?P<first>\d{1,9})(?:-(?P<last>\d{1,9}))?(?::\d+)?$", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceTarget:
    path: str
    first: int | None = None
    last: int | None = None


def trace_target(text: str) -> TraceTarget:
    """`src/app.py`, `src/app.py:42`, `src/app.py:10-20`; a column after the line is left aside."""
    found = _LINES.match(text)
    if found is None:
        return TraceTarget(path=text)
    first = int(found["first"])
    last = first if found["last"] is None else int(found["last"])
    if not 1 <= first <= last:
        raise UsageError(
            f"{found['first']}-{last} is no range of lines.", suggestion="Lines are counted from 1: src/app.py:10-20."
        )
    return TraceTarget(path=found["path"], first=first, last=last)
