"""A file or folder with the merge requests that touched it: what file-history and trace begin with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from application.ports.provenance_reader import PathReader
from application.provenance.resolve_rename_chain import RenameChainOf, ResolveRenameChain
from domain.path_changes import ChangeKind, PathChange
from domain.refs import ProjectId
from domain.renames import Life, RenameStep

RenameLink: TypeAlias = dict[str, str | int]
"""`from`, `to`, `mr_iid` and `merged_at`; a mapping, because no field can be called `from`."""

_WEIGHTIEST = (ChangeKind.RENAMED, ChangeKind.ADDED, ChangeKind.DELETED, ChangeKind.MODIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedFile:
    """`changes` holds one change a merge request, newest first; `earlier` are lives of other files of that name."""

    path: str
    names: tuple[str, ...]
    paths: frozenset[str]
    """The files whose threads are about it: the file's names, or all that lie below a folder."""
    changes: tuple[PathChange, ...]
    steps: tuple[RenameStep, ...] = ()
    earlier: tuple[Life, ...] = ()
    is_folder: bool = False
    cut_short: bool = False

    @property
    def rename_chain(self) -> tuple[RenameLink, ...]:
        return tuple(rename_link(step) for step in self.steps)


class FindTouchedFile:
    """A path with a slash at its end is a folder, and so is one that no file ever had but that files lie below."""

    def __init__(self, *, paths: PathReader, resolve_rename_chain: ResolveRenameChain) -> None:
        self._paths = paths
        self._resolve = resolve_rename_chain

    def __call__(self, project_id: ProjectId, path: str, *, max_hops: int, folder: bool = False) -> TouchedFile | None:
        resolution = None
        if path and not folder:
            resolution = self._resolve(RenameChainOf(project_id=project_id, path=path, max_hops=max_hops))
        if resolution is None:
            return self._folder(project_id, path)
        present = resolution.present
        return TouchedFile(
            path=path,
            names=present.names,
            paths=frozenset(present.names),
            changes=one_per_merge_request(present.changes, present.names),
            steps=present.steps,
            earlier=resolution.earlier,
            cut_short=present.cut_short,
        )

    def _folder(self, project_id: ProjectId, path: str) -> TouchedFile | None:
        changes = self._paths.changes_below(project_id, path)
        if not changes:
            return None
        return TouchedFile(
            path=path,
            names=(f"{path}/",),
            paths=frozenset(name for change in changes for name in (change.old_path, change.new_path)),
            changes=one_per_merge_request(changes, ()),
            is_folder=True,
        )


def one_per_merge_request(changes: Iterable[PathChange], names: Sequence[str]) -> tuple[PathChange, ...]:
    """The change that says most of each merge request: a rename before a creation, newer names before older ones."""
    best: dict[int, PathChange] = {}
    for change in sorted(changes, key=lambda one: _weight(one, names)):
        best.setdefault(change.mr_iid, change)
    return tuple(sorted(best.values(), key=lambda one: (-one.at, -one.mr_iid)))


def _weight(change: PathChange, names: Sequence[str]) -> tuple[int, int, str, str]:
    age = -names.index(change.new_path) if change.new_path in names else 1
    return _WEIGHTIEST.index(change.kind), age, change.new_path, change.old_path


def rename_link(step: RenameStep) -> RenameLink:
    return {"from": step.old_path, "to": step.new_path, "mr_iid": step.mr_iid, "merged_at": step.merged_at}
