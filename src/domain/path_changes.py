"""What merge requests did to files: the raw material of file histories (spec/provenance.md)."""

from enum import StrEnum
from typing import NamedTuple

_RENAMED_DEFAULTS = frozenset({"main", "master"})


class ChangeKind(StrEnum):
    """What one merge request did to one file."""

    ADDED = "added"
    MODIFIED = "modified"
    RENAMED = "renamed"
    DELETED = "deleted"


_ADDED, _MODIFIED, _RENAMED, _DELETED = ChangeKind  # once: Python 3.11 needs 0.2 us to look a member up


class PathChange(NamedTuple):
    """One file of one merge request's diff, with the times that decide which file the name stood for.

    A tuple, because a history takes thousands of them: making, hashing and comparing one costs a quarter.

    `merged_at` is None unless the merge request was merged; `into_mainline` tells whether its target branch carries
    the project's history (see `mainline_branches`).
    """

    mr_iid: int
    old_path: str
    new_path: str
    kind: ChangeKind
    created_at: int
    merged_at: int | None = None
    into_mainline: bool = True

    @property
    def counts(self) -> bool:
        """Whether names begin and end with it: only merges into the mainline do that."""
        return self.merged_at is not None and self.into_mainline

    @property
    def at(self) -> int:
        return self.created_at if self.merged_at is None else self.merged_at


def change_kind(*, old_path: str, new_path: str, new_file: bool, deleted_file: bool) -> ChangeKind:
    """Read GitLab's flags; `renamed_file` says no more than the two paths do (FACTS.md section a)."""
    if new_file:
        return _ADDED
    if deleted_file:
        return _DELETED
    return _MODIFIED if old_path == new_path else _RENAMED


def mainline_branches(default_branch: str | None) -> frozenset[str] | None:
    """The target branches whose merges make the project's history; None: with an unknown default branch, all do.

    Merge requests keep the target they were merged into when a project renames `master` to `main`, so both count
    where one of them is the default.
    """
    if default_branch is None:
        return None
    return _RENAMED_DEFAULTS if default_branch in _RENAMED_DEFAULTS else frozenset({default_branch})


def is_mainline(target_branch: str, default_branch: str | None) -> bool:
    branches = mainline_branches(default_branch)
    return branches is None or target_branch in branches
