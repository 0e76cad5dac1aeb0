"""What the store knows of files: which merge requests touched them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.entities import Discussion
from domain.path_changes import PathChange
from domain.refs import ProjectId
from domain.timeline import ItemKey


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffCoverage:
    """How many living merge requests a project has, and of how many the diffs were fetched."""

    merge_requests: int
    with_diffs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDiff:
    """One file of a merge request's diff; `diff` is empty where GitLab left it out."""

    mr_iid: int
    old_path: str
    new_path: str
    diff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestChanges:
    """What the newest merge requests changed in a place; `merge_requests` counts all that touched it and fit.

    The newest are those merged, or else opened, last. `changes` are in any order.
    """

    merge_requests: int
    changes: tuple[PathChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemThread:
    """A discussion and the item that it belongs to."""

    item: ItemKey
    discussion: Discussion


class PathReader(Protocol):
    """Files by their paths. Of merge requests and threads with a tombstone nothing is shown."""

    def changes_of(self, project_id: ProjectId, paths: Sequence[str]) -> tuple[PathChange, ...]:
        """Every change whose old or new path is one of `paths`, in any order."""
        ...

    def outline_of(self, project_id: ProjectId, paths: Sequence[str]) -> tuple[PathChange, ...]:
        """Enough of `changes_of` to tell which names were one file and when, and not much more.

        Of the modifications that is the first merge into the mainline, and those begun after a name was given up.
        """
        ...

    def newest_of(self, project_id: ProjectId, paths: Sequence[str], *, merged_only: bool, limit: int) -> NewestChanges:
        """What the newest `limit` merge requests changed in files called `paths`; `merged_only`: into the mainline."""
        ...

    def newest_below(self, project_id: ProjectId, folder: str, *, merged_only: bool, limit: int) -> NewestChanges:
        """What the newest `limit` merge requests changed below `folder` (written without a slash at its end)."""
        ...

    def similar_paths(self, project_id: ProjectId, path: str, *, limit: int) -> tuple[str, ...]:
        """Known paths with the same file name whatever its case, else those whose names contain it; by path."""
        ...

    def coverage(self, project_id: ProjectId) -> DiffCoverage: ...

    def first_opened_at(self, project_id: ProjectId) -> int | None:
        """When the living merge request with the lowest number was opened."""
        ...

    def diffs(self, project_id: ProjectId, iids: Collection[int], paths: Collection[str]) -> tuple[StoredDiff, ...]:
        """What these merge requests changed in files of these names, by iid and new path."""
        ...

    def threads_on(
        self, project_id: ProjectId, iids: Collection[int], paths: Collection[str]
    ) -> tuple[ItemThread, ...]:
        """These merge requests' living threads on the diff of a file of these names, in the order they were made."""
        ...
