"""A `Blame` over histories that live in memory: commits are whole trees, and lines are compared for real."""

import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from domain.blame import BlamedLine, Checkout, CommitFacts, Place, merges_of
from domain.errors import NotFound, UsageError

_RENAME_SIMILARITY = 0.5

Tree = Mapping[str, tuple[str, ...]]


@dataclass(slots=True, kw_only=True)
class MemoryRepository:
    """One checkout: its commits, which one it stands on, and the files as they are on disk."""

    checkout: Checkout
    commits: dict[str, CommitFacts] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)
    head: str = ""
    work_tree: Tree = field(default_factory=dict)


class MemoryBlame:
    """Looks into the repositories given; `folder` is the current folder."""

    def __init__(self, *repositories: MemoryRepository, folder: str = "/") -> None:
        self._repositories = {repository.checkout.root: repository for repository in repositories}
        self._folder = folder

    def locate(self, path: str) -> Place | None:
        typed = posixpath.normpath(posixpath.join(self._folder, path))
        repository = self._holding(typed)
        if repository is None:
            return None
        inside = posixpath.relpath(typed, repository.checkout.root)
        from_root = posixpath.normpath(path)
        if not _exists(repository.work_tree, inside) and _exists(repository.work_tree, from_root):
            inside = from_root
        return Place(checkout=repository.checkout, path="" if inside == "." else inside)

    def lines(self, place: Place, first: int, last: int) -> tuple[BlamedLine, ...]:
        if not 1 <= first <= last:
            raise UsageError(f"Lines {first} to {last} are no range.")
        repository = self._repositories[place.checkout.root]
        text = _tracked_lines(repository, place.path)
        if first > len(text):
            raise UsageError(f"{place.path} has {len(text)} lines.", details={"lines": len(text)})
        return tuple(_blamed(repository, place.path, number, text) for number in range(first, min(last, len(text)) + 1))

    def commits(self, place: Place, shas: Collection[str]) -> Mapping[str, CommitFacts]:
        known = self._repositories[place.checkout.root].commits
        return {sha: known[sha] for sha in sorted(set(shas)) if sha in known}

    def merges_of(self, place: Place, sha: str) -> tuple[CommitFacts, ...]:
        repository = self._repositories[place.checkout.root]
        parents = {
            commit: facts.parent_shas
            for commit, facts in repository.commits.items()
            if commit != sha and sha in _ancestors(repository, commit)
        }
        return tuple(repository.commits[merge] for merge in merges_of(sha, repository.head, parents))

    def _holding(self, typed: str) -> MemoryRepository | None:
        roots = [root for root in self._repositories if typed == root or typed.startswith(f"{root}/")]
        return self._repositories[max(roots, key=len)] if roots else None


def _exists(tree: Tree, path: str) -> bool:
    return path == "." or path in tree or any(name.startswith(f"{path}/") for name in tree)


def _tracked_lines(repository: MemoryRepository, path: str) -> tuple[str, ...]:
    committed = repository.trees.get(repository.head, {})
    reason = None
    if path not in repository.work_tree:
        reason = "folder" if path == "" or _exists(repository.work_tree, path) else "missing"
    elif path not in committed:
        reason = "untracked"
    if reason is not None:
        raise NotFound(f"{path} cannot be blamed: {reason}.", details={"reason": reason, "path": path})
    return repository.work_tree[path]


def _blamed(repository: MemoryRepository, path: str, number: int, text: tuple[str, ...]) -> BlamedLine:
    line = text[number - 1]
    committed = _same_line(text, repository.trees[repository.head][path], number)
    if committed is None:
        return BlamedLine(line=number, text=line, original_path=path, original_line=number)
    sha, original_path, original_line = _origin(repository, repository.head, path, committed)
    return BlamedLine(line=number, text=line, sha=sha, original_path=original_path, original_line=original_line)


def _origin(repository: MemoryRepository, sha: str, path: str, number: int) -> tuple[str, str, int]:
    """Follow a line to the commit none of whose parents has it."""
    text = repository.trees[sha][path]
    for parent in repository.commits[sha].parent_shas:
        old_path = _name_before(repository.trees[parent], repository.trees[sha], path)
        if old_path is not None:
            old_line = _same_line(text, repository.trees[parent][old_path], number)
            if old_line is not None:
                return _origin(repository, parent, old_path, old_line)
    return sha, path, number


def _name_before(parent: Tree, child: Tree, path: str) -> str | None:
    if path in parent:
        return path
    gone = sorted(parent.keys() - child.keys())
    alike = {name: SequenceMatcher(None, parent[name], child[path], autojunk=False).ratio() for name in gone}
    best = max(gone, key=lambda name: alike[name], default=None)
    return best if best is not None and alike[best] >= _RENAME_SIMILARITY else None


def _same_line(new: tuple[str, ...], old: tuple[str, ...], number: int) -> int | None:
    """The line's number in the old text, both counted from 1; None if it is new."""
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        if block.b < number <= block.b + block.size:
            return block.a + number - block.b
    return None


def _ancestors(repository: MemoryRepository, sha: str) -> Iterator[str]:
    waiting, seen = [sha], set[str]()
    while waiting:
        commit = waiting.pop()
        if commit not in seen and commit in repository.commits:
            seen.add(commit)
            waiting.extend(repository.commits[commit].parent_shas)
            yield commit
