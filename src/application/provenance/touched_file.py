"""A file or folder with the merge requests that touched it: what file-history and trace begin with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias

from application.ports.path_reader import NewestChanges, PathReader
from application.provenance.resolve_rename_chain import RenameChainOf, ResolveRenameChain
from domain.path_changes import ChangeKind, PathChange
from domain.refs import ProjectId
from domain.renames import MAX_HOPS, Life, RenameStep, Resolution

RenameLink: TypeAlias = dict[str, str | int]
"""`from`, `to`, `mr_iid` and `merged_at`; a mapping, because no field can be called `from`."""

_WEIGHTIEST = (ChangeKind.RENAMED, ChangeKind.ADDED, ChangeKind.DELETED, ChangeKind.MODIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedFileOf:
    """A path with a slash at its end is a folder (`folder`)."""

    project_id: ProjectId
    path: str
    folder: bool = False
    max_hops: int = MAX_HOPS
    merged_only: bool = False
    """Only what was merged into the default branch."""
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedFile:
    """`changes` holds one change a merge request, the newest first, cut at the limit; `total` counts all that fit.

    `earlier` are lives of other files of that name.
    """

    path: str
    names: tuple[str, ...]
    paths: frozenset[str]
    """The files whose threads are about it: the file's names, or all that lie below a folder."""
    changes: tuple[PathChange, ...]
    total: int
    left_out: int = 0
    """How many were not merged, where only those were asked for."""
    steps: tuple[RenameStep, ...] = ()
    earlier: tuple[Life, ...] = ()
    cut_short: bool = False

    @property
    def rename_chain(self) -> tuple[RenameLink, ...]:
        return tuple(rename_link(step) for step in self.steps)


class _Newest(Protocol):
    def __call__(self, *, merged_only: bool, limit: int) -> NewestChanges: ...


class FindTouchedFile:
    """None where nothing touched it. A path that no file ever had, but that files lie below, is a folder too."""

    def __init__(self, *, paths: PathReader, resolve_rename_chain: ResolveRenameChain) -> None:
        self._paths = paths
        self._resolve = resolve_rename_chain

    def __call__(self, command: TouchedFileOf) -> TouchedFile | None:
        if not command.path or command.folder:
            return self._folder(command)
        chain = RenameChainOf(project_id=command.project_id, path=command.path, max_hops=command.max_hops)
        outline = self._resolve.outline(chain)
        if outline is None:
            return self._folder(command)
        if outline.present.shares_names:
            resolution = self._resolve(chain)
            return None if resolution is None else _sorted_out(resolution, command)
        return self._only_bearer(outline.present, command)

    def _only_bearer(self, life: Life, command: TouchedFileOf) -> TouchedFile:
        """A file that every change of its names is about: the store picks the newest, however many there are."""
        found, everything = self._newest(partial(self._paths.newest_of, command.project_id, life.names), command)
        return TouchedFile(
            path=command.path,
            names=life.names,
            paths=frozenset(life.names),
            changes=_one_per_merge_request(found.changes, life.names),
            total=found.merge_requests,
            left_out=everything - found.merge_requests,
            steps=life.steps,
            cut_short=life.cut_short,
        )

    def _folder(self, command: TouchedFileOf) -> TouchedFile | None:
        found, everything = self._newest(partial(self._paths.newest_below, command.project_id, command.path), command)
        if not everything:
            return None
        return TouchedFile(
            path=command.path,
            names=(f"{command.path}/",),
            paths=frozenset(name for change in found.changes for name in (change.old_path, change.new_path)),
            changes=_one_per_merge_request(found.changes, ()),
            total=found.merge_requests,
            left_out=everything - found.merge_requests,
        )

    def _newest(self, newest: _Newest, command: TouchedFileOf) -> tuple[NewestChanges, int]:
        """Those that fit, and how many there are, merged or not."""
        found = newest(merged_only=command.merged_only, limit=command.limit)
        if not command.merged_only:
            return found, found.merge_requests
        return found, newest(merged_only=False, limit=1).merge_requests


def _sorted_out(resolution: Resolution, command: TouchedFileOf) -> TouchedFile:
    """A file whose names other files bore as well: which change is about which, all changes tell together."""
    present = resolution.present
    everything = {change.mr_iid for change in present.changes}
    fitting = [change for change in present.changes if change.counts or not command.merged_only]
    iids = list(dict.fromkeys(change.mr_iid for change in fitting))
    newest = frozenset(iids[: command.limit])
    return TouchedFile(
        path=command.path,
        names=present.names,
        paths=frozenset(present.names),
        changes=_one_per_merge_request((change for change in fitting if change.mr_iid in newest), present.names),
        total=len(iids),
        left_out=len(everything) - len(iids),
        steps=present.steps,
        earlier=resolution.earlier,
        cut_short=present.cut_short,
    )


def _one_per_merge_request(changes: Iterable[PathChange], names: Sequence[str]) -> tuple[PathChange, ...]:
    """The change that says most of each merge request: a rename before a creation, newer names before older ones."""
    best: dict[int, PathChange] = {}
    for change in changes:
        other = best.setdefault(change.mr_iid, change)
        if other is not change and _weight(change, names) < _weight(other, names):
            best[change.mr_iid] = change
    return tuple(sorted(best.values(), key=lambda one: (-one.at, -one.mr_iid)))


def _weight(change: PathChange, names: Sequence[str]) -> tuple[int, int, str, str]:
    age = -names.index(change.new_path) if change.new_path in names else 1
    return _WEIGHTIEST.index(change.kind), age, change.new_path, change.old_path


def rename_link(step: RenameStep) -> RenameLink:
    return {"from": step.old_path, "to": step.new_path, "mr_iid": step.mr_iid, "merged_at": step.merged_at}
