"""The lines of a stored diff and how far apart two places of it are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_HUNK = re.compile(r"^@@ -(?P<old>\d+)(?:,\d+)? \+(?P<new>\d+)(?:,\d+)? @@")


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One row of a diff: an added line has only `new_line`, a removed one only `old_line`."""

    old_line: int | None
    new_line: int | None
    text: str
    new_place: int
    """Its new line, or the one that follows where it was removed."""

    @property
    def added(self) -> bool:
        return self.old_line is None


def diff_lines(diff: str) -> tuple[DiffLine, ...]:
    """The rows of all hunks in their order; file headers and `\\ No newline` rows are none."""
    return tuple(_rows(diff))


def _rows(diff: str) -> Iterator[DiffLine]:
    old = new = 0
    for row in diff.split("\n"):
        hunk = _HUNK.match(row)
        if hunk is not None:
            old, new = int(hunk["old"]), int(hunk["new"])
        elif not (old or new):  # before the first hunk
            continue
        elif row.startswith("+"):
            yield DiffLine(None, new, row[1:], new)
            new += 1
        elif row.startswith("-"):
            yield DiffLine(old, None, row[1:], new)
            old += 1
        elif row.startswith(" "):
            yield DiffLine(old, new, row[1:], new)
            old, new = old + 1, new + 1


def row_of_text(rows: Sequence[DiffLine], text: str, *, near: int) -> int | None:
    """The row that brought `text` in, white space aside, the one nearest to new line `near`; then a row of context."""
    wanted = "".join(text.split())
    alike = [index for index, row in enumerate(rows) if row.new_line and "".join(row.text.split()) == wanted]
    return min(alike, key=lambda index: (not rows[index].added, abs((rows[index].new_line or 0) - near)), default=None)


def row_of_position(rows: Sequence[DiffLine], old_line: int | None, new_line: int | None) -> int | None:
    """The row that a note stands at; GitLab gives both numbers for a row of context, one for the others."""
    for index, row in enumerate(rows):
        if (new_line is not None and row.new_line == new_line) or (new_line is None and row.old_line == old_line):
            return index
    return None


def rows_between(rows: Sequence[DiffLine], one: int, other: int) -> int:
    """How far apart two rows are; between hunks the lines that the diff leaves out count as well."""
    return max(abs(one - other), abs(rows[one].new_place - rows[other].new_place))


def adds_line(diff: str, text: str) -> bool:
    """Whether the diff brings this very line in, white space aside."""
    wanted = "".join(text.split())
    return any(row.added and "".join(row.text.split()) == wanted for row in diff_lines(diff))
