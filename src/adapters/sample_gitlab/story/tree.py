"""A repository small enough to keep in memory: what a merge request does to it, as GitLab's diffs."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adapters.sample_gitlab.rows import Row, complete_diff, sha

Operation = Sequence[str]
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")
_ABSENT = "0"
_FILE = "100644"
_LARGEST_DIFF = 200 * 1024


class Tree:
    """Paths and texts; operations: `new`, `binary`, `table`, `edit`, `append`, `move` (also folders), `delete`."""

    def __init__(self, files: dict[str, str] | None = None) -> None:
        self.files = dict(files or {})
        self.moved: dict[str, str] = {}

    def after(self, operations: Iterable[Operation]) -> "Tree":
        """A new tree; `moved` tells where its files were in this one."""
        tree = Tree(self.files)
        for verb, path, *rest in operations:
            getattr(tree, f"_{verb}")(path, *rest)
        return tree

    def _new(self, path: str, text: str) -> None:
        self.files[path] = text

    def _binary(self, path: str, text: str) -> None:
        self.files[path] = f"\0{text}"

    def _table(self, path: str, rows: str) -> None:
        """A file too long for GitLab to show its diff."""
        self.files[path] = "".join(f"{number},{sha(path, number)}\n" for number in range(int(rows)))

    def _append(self, path: str, text: str) -> None:
        self.files[path] += text

    def _delete(self, path: str) -> None:
        del self.files[path]

    def _edit(self, path: str, old: str, new: str) -> None:
        if self.files[path].count(old) != 1:
            raise ValueError(f"{old!r} is not exactly once in {path}")
        self.files[path] = self.files[path].replace(old, new)

    def _move(self, old: str, new: str) -> None:
        for path in [path for path in self.files if path == old or path.startswith(f"{old}/")]:
            place = new + path[len(old) :]
            self.files[place] = self.files.pop(path)
            self.moved[place] = self.moved.pop(path, path)

    def diffs_from(self, base: "Tree") -> list[Row]:
        """By new path, as GitLab lists them."""
        olds = set(self.moved.values())
        changed = [path for path in self.files if self.files[path] != base.files.get(self.moved.get(path, path))]
        renamed = [path for path in self.moved if path in self.files]
        gone = [path for path in base.files if path not in self.files and path not in olds]
        return [self._diff(base, path) for path in sorted({*changed, *renamed, *gone})]

    def _diff(self, base: "Tree", path: str) -> Row:
        old_path = self.moved.get(path, path)
        before, after = base.files.get(old_path), self.files.get(path)
        diff = hunks(before or "", after or "")
        if "\0" in f"{before}{after}":
            diff = f"Binary files {'a/' + old_path if before else '/dev/null'} and b/{path} differ\n"
        too_large = len(diff) > _LARGEST_DIFF
        known: Row = {"old_path": old_path, "new_path": path, "diff": "" if too_large else diff, "too_large": too_large}
        known |= {"new_file": before is None, "deleted_file": after is None}
        known |= {"a_mode": _ABSENT if before is None else _FILE, "b_mode": _ABSENT if after is None else _FILE}
        return complete_diff(known)


def hunks(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), n=3)
    return "".join(line for line in lines if not line.startswith(("--- ", "+++ ")))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff: an added one has no old number, a removed one no new number."""

    text: str
    old: int | None
    new: int | None


def lines_of(diff: str) -> Iterator[Line]:
    old = new = 0
    for text in diff.splitlines():
        if found := _HUNK.match(text):
            old, new = int(found[1]), int(found[2])
        elif text.startswith("-"):
            yield Line(text[1:], old, None)
            old += 1
        elif text.startswith("+"):
            yield Line(text[1:], None, new)
            new += 1
        else:
            yield Line(text[1:], old, new)
            old, new = old + 1, new + 1


def position_in(diffs: Iterable[Row], path: str, text: str, refs: Row) -> Row:
    """Where a review comment on this line of the diff hangs; raises ValueError if the diff does not show it."""
    diff = next((row for row in diffs if row["new_path"] == path), None)
    line = next((line for line in lines_of(diff["diff"]) if line.text.strip() == text.strip()), None) if diff else None
    if diff is None or line is None:
        raise ValueError(f"no line {text!r} in the diff of {path}")
    code = f"{sha(path)}_{line.old or 0}_{line.new or 0}"
    side = "new" if line.old is None else "old" if line.new is None else None
    end = {"line_code": code, "type": side, "old_line": line.old, "new_line": line.new}
    return {
        **refs,
        "position_type": "text",
        "old_path": diff["old_path"],
        "new_path": diff["new_path"],
        "old_line": line.old,
        "new_line": line.new,
        "line_range": {"start": end, "end": end},
    }
