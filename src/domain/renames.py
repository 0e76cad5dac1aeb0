"""Which merge requests belong to one file, through all names it had (spec/provenance.md, file-history).

The tenures of names are the nodes, the renames that counted are the edges; a breadth-first search in both directions
joins those that were one file. A name that another file took over later is another node, so it stays apart.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from domain.path_changes import ChangeKind, PathChange
from domain.tenures import Tenure, tenures_of

MAX_HOPS = 10
_MODIFIED = ChangeKind.MODIFIED  # once: Python 3.11 needs 0.2 us to look a member up

_Node: TypeAlias = tuple[str, int]  # a name and which of its tenures


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameStep:
    """One rename that counted: from `merged_at` on the file had its new name."""

    old_path: str
    new_path: str
    mr_iid: int
    merged_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One file from its creation to its end, under all its names.

    `names` are in the order in which the file took them, `changes` newest first, merged or not; `born_by` and
    `ended_by` are the merge requests that created and deleted it, where known. `cut_short` tells that the hop limit
    left further names out; `shares_names`, that another file bore one of the names at another time: where none did,
    every change of these names is a change of this file.
    """

    names: tuple[str, ...]
    steps: tuple[RenameStep, ...]
    changes: tuple[PathChange, ...]
    born_by: int | None
    ended_by: int | None
    cut_short: bool
    shares_names: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """All that a name stands for: its present life, and apart from it the earlier ones, newest first."""

    path: str
    present: Life
    earlier: tuple[Life, ...]


class ChangesOf(Protocol):
    """Looks up the changes of one project by name."""

    def __call__(self, paths: Sequence[str], /) -> Iterable[PathChange]:
        """Every change whose old or new path is one of `paths`, in any order."""
        ...


def resolve_renames(path: str, changes_of: ChangesOf, *, max_hops: int = MAX_HOPS) -> Resolution | None:
    """Find the lives of the file called `path`; None when no merge request ever touched the name.

    The present life is the last one that bore the name, even if the file has another name today or is gone.
    The answer depends on the set of changes only, not on their order.
    """
    book = _Book(changes_of)
    book.read((path,))
    lives: list[Life] = []
    seen: set[_Node] = set()
    for index in reversed(range(len(book.tenures(path)))):
        if (path, index) not in seen:
            nodes, cut_short = _joined((path, index), book, max_hops)
            seen |= nodes
            tenures = [book.tenure(node) for node in nodes]
            lives.append(_life(tenures, cut_short=cut_short, shares_names=book.knows_others(nodes)))
    return Resolution(path=path, present=lives[0], earlier=tuple(lives[1:])) if lives else None


class _Book:
    """The tenures of every name met so far; names are looked up level by level, each once."""

    def __init__(self, changes_of: ChangesOf) -> None:
        self._changes_of = changes_of
        self._tenures: dict[str, tuple[Tenure, ...]] = {}

    def read(self, names: Iterable[str]) -> None:
        """Look up those of `names` that are not known yet, all at once."""
        missing = sorted(set(names) - self._tenures.keys())
        if not missing:
            return
        changes = tuple(self._changes_of(missing))
        for name in missing:
            self._tenures[name] = tenures_of(name, changes)

    def tenures(self, name: str) -> tuple[Tenure, ...]:
        return self._tenures[name]

    def tenure(self, node: _Node) -> Tenure:
        name, index = node
        return self._tenures[name][index]

    def knows_others(self, nodes: Collection[_Node]) -> bool:
        """Whether the names of `nodes` had tenures beside these."""
        return any((name, index) not in nodes for name, _ in nodes for index in range(len(self._tenures[name])))

    def node_of(self, name: str, change: PathChange) -> _Node:
        index = next(i for i, tenure in enumerate(self._tenures[name]) if change in tenure.renames)
        return name, index

    def neighbours(self, nodes: Iterable[_Node]) -> set[_Node]:
        """The tenures one rename away from any of `nodes`."""
        edges = [
            (other, change)
            for node in nodes
            for change in self.tenure(node).renames
            for other in (change.old_path, change.new_path)
            if other != node[0]
        ]
        self.read(name for name, _ in edges)
        return {self.node_of(name, change) for name, change in edges}


def _joined(start: _Node, book: _Book, max_hops: int) -> tuple[set[_Node], bool]:
    """All tenures within `max_hops` renames of `start`, and whether there are more."""
    seen = {start}
    frontier = {start}
    for _ in range(max_hops):
        frontier = book.neighbours(frontier) - seen
        if not frontier:
            return seen, False
        seen |= frontier
    return seen, bool(book.neighbours(frontier) - seen)


def _life(tenures: Sequence[Tenure], *, cut_short: bool, shares_names: bool) -> Life:
    together = dict.fromkeys(change for tenure in tenures for change in tenure.changes)
    changes = sorted(together, key=_age, reverse=True)
    names = {tenure.path for tenure in tenures}
    turns = [change for change in reversed(changes) if change.kind is not _MODIFIED]
    counted = [change for change in turns if change.counts and {change.old_path, change.new_path} <= names]
    steps = tuple(_step(change) for change in counted if change.kind is ChangeKind.RENAMED)
    return Life(
        names=tuple(dict.fromkeys([name for step in steps for name in (step.old_path, step.new_path)])) or tuple(names),
        steps=steps,
        changes=tuple(changes),
        born_by=next((change.mr_iid for change in counted if change.kind is ChangeKind.ADDED), None),
        ended_by=_ended_by(tenures),
        cut_short=cut_short,
        shares_names=shares_names,
    )


def _age(change: PathChange) -> tuple[int, int, str, str]:
    return change.at, change.mr_iid, change.new_path, change.old_path


def _step(change: PathChange) -> RenameStep:
    return RenameStep(old_path=change.old_path, new_path=change.new_path, mr_iid=change.mr_iid, merged_at=change.at)


def _ended_by(tenures: Iterable[Tenure]) -> int | None:
    ends = [tenure.until for tenure in tenures]
    if None in ends:
        return None
    last = max((end for end in ends if end is not None), key=_age)
    return last.mr_iid if last.kind is ChangeKind.DELETED else None
