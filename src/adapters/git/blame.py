"""The `Blame` port on the git command."""

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from adapters.git.command import Git, GitFailed
from adapters.git.porcelain import COMMIT_FORMAT, blamed_lines, commits
from adapters.git.relocations import with_relocations
from adapters.git.remotes import default_branch, remotes
from domain.blame import BlamedLine, Checkout, CommitFacts, Place, merges_of
from domain.errors import FileError, NotFound, UsageError

_SHA = re.compile(r"^[0-9a-f]{40}(?:[0-9a-f]{24})?$")
_GITLINK = b"160000"
_TOO_FEW_LINES = re.compile(r"has only (\d+) lines?$")
_NOT_COMMITTED = re.compile(r"no such path .* in HEAD$|no such ref: HEAD$", re.DOTALL)
_USUAL_LIST = ".git-blame-ignore-revs"
_BAD_LIST = re.compile(r"could not open object name list|invalid object name")
_WHY = {
    "folder": "{path} is a folder; only files have lines.",
    "submodule": "{path} is a submodule; its files belong to another repository.",
    "missing": "There is no file {path} in this checkout.",
    "untracked": "git does not track {path}.",
    "lfs": "{path} is kept in Git LFS; git knows its pointer only, not its lines.",
}
_REMEDY = {
    "folder": "Trace the folder without a line.",
    "submodule": "Name a file inside the submodule.",
    "missing": "Look for the path, or trace it without a line: merge requests may know it.",
    "untracked": "Add and commit it first.",
    "lfs": "Trace the file without a line.",
}


class GitBlame:
    """Runs git in the work tree that holds the path asked about; `folder` is where paths are typed."""

    def __init__(self, *, git: Git, folder: Path) -> None:
        self._git = git
        self._folder = folder

    def locate(self, path: str) -> Place | None:
        if "\0" in path:
            return None
        typed = Path(os.path.normpath(self._folder.absolute() / path))
        folder = typed if typed.is_dir() and not typed.is_symlink() else typed.parent
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        checkout = self._checkout(folder)
        if checkout is None:
            return None
        from_root = Path(checkout.root, path)
        taken_from_root = not os.path.lexists(typed) and os.path.lexists(from_root)
        inside = _inside(from_root if taken_from_root else typed, checkout.root)
        return Place(checkout=checkout, path=inside)

    def lines(self, place: Place, first: int, last: int) -> tuple[BlamedLine, ...]:
        if not 1 <= first <= last:
            raise UsageError(f"Lines {first} to {last} are no range.", suggestion="Lines are counted from 1.")
        try:
            self._require_tracked(place)
            found = self._blamed(place, first, last, "-M", "-C")
            if all(line.original_path == place.path for line in found):
                return found
            within_file = self._blamed(place, first, last, "-M")
            return tuple(with_relocations(self._git, place.checkout.root, found, within_file))
        except GitFailed as error:
            if _NOT_COMMITTED.search(error.text):
                return _uncommitted(place, first, last)
            raise _refused(error, place, first) from error

    def commits(self, place: Place, shas: Collection[str]) -> Mapping[str, CommitFacts]:
        wanted = sorted(sha for sha in set(shas) if _SHA.match(sha))
        if not wanted:
            return {}
        options = ("--no-walk=unsorted", "--ignore-missing", "--encoding=UTF-8", "-z", f"--format={COMMIT_FORMAT}")
        try:
            output = self._git(place.checkout.root, "log", *options, *wanted, "--")
        except GitFailed as error:
            raise _failed(error) from error
        return {commit.sha: commit for commit in commits(output)}

    def merges_of(self, place: Place, sha: str) -> tuple[CommitFacts, ...]:
        if not _SHA.match(sha):
            return ()
        root = place.checkout.root
        try:
            head = self._git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip()
            between = self._git(root, "rev-list", "--parents", "--ancestry-path", f"{sha}..{head}", "--")
        except GitFailed:  # an unborn branch, or a commit that a shallow clone does not hold
            return ()
        parents = {commit: rest for commit, *rest in (line.split() for line in between.decode().splitlines())}
        found = merges_of(sha, head, parents)
        facts = self.commits(place, found)
        return tuple(facts[merge] for merge in found if merge in facts)

    def _blamed(self, place: Place, first: int, last: int, *moves: str) -> tuple[BlamedLine, ...]:
        options = ("-w", *moves, "--line-porcelain", "-L", f"{first},{last}")
        output = self._blame(place.checkout.root, options, place.path)
        return tuple(blamed_lines(output, shallow=place.checkout.shallow))

    def _blame(self, root: str, options: tuple[str, ...], path: str) -> bytes:
        """Blame with the ignore-revs files: the configured ones, which git reads itself, and the usual name."""
        usual = (f"--ignore-revs-file={_USUAL_LIST}",) if Path(root, _USUAL_LIST).is_file() else ()
        try:
            return self._git(root, "blame", *usual, *options, "--", path)
        except GitFailed as error:
            if not _BAD_LIST.search(error.text):
                raise
        return self._git.without_user_configuration()(root, "blame", *options, "--", path)

    def _checkout(self, folder: Path) -> Checkout | None:
        try:
            answer = self._git(
                str(folder), "rev-parse", "--is-inside-work-tree", "--is-shallow-repository", "--show-cdup"
            )
        except GitFailed as error:
            if "not a git repository" in error.text:
                return None
            raise _failed(error) from error
        inside, shallow, up = (*answer.decode().split("\n"), "")[:3]
        if inside != "true":
            return None
        root = os.path.realpath(folder / up)
        found = remotes(self._git, root)
        return Checkout(
            root=root,
            remotes=found,
            default_branch=default_branch(self._git, root, found[0].name) if found else None,
            shallow=shallow == "true",
        )

    def _require_tracked(self, place: Place) -> None:
        """Say what is wrong with the path, where something is."""
        root, path = place.checkout.root, place.path
        if not path:
            raise _unblamable(path, "folder")
        listed = self._git(root, "ls-files", "-s", "-z", "--", path).split(b"\0")
        mode = next((entry.split(b" ")[0] for entry in listed if entry.endswith(b"\t" + os.fsencode(path))), None)
        on_disk = Path(root, path)
        if mode == _GITLINK:
            raise _unblamable(path, "submodule")
        if on_disk.is_dir():
            raise _unblamable(path, "folder")
        if not os.path.lexists(on_disk):
            raise _unblamable(path, "missing")
        if mode is None:
            raise _unblamable(path, "untracked")
        if self._git(root, "check-attr", "-z", "filter", "--", path).split(b"\0")[2:3] == [b"lfs"]:
            raise _unblamable(path, "lfs")


def _inside(typed: Path, root: str) -> str:
    """The path from the root, through symbolic links to folders but not through the last name itself."""
    whole = Path(os.path.normpath(typed))
    inside = os.path.relpath(Path(os.path.realpath(whole.parent), whole.name), root)
    return "" if inside == "." else inside.replace(os.sep, "/")


def _uncommitted(place: Place, first: int, last: int) -> tuple[BlamedLine, ...]:
    """The lines of a file that no commit holds yet."""
    text = Path(place.checkout.root, place.path).read_bytes().decode(errors="replace")
    lines = text.removesuffix("\n").split("\n") if text else []
    if first > len(lines):
        raise _too_short(place.path, first, len(lines))
    return tuple(
        BlamedLine(line=number, text=line.removesuffix("\r"), original_path=place.path, original_line=number)
        for number, line in enumerate(lines[first - 1 : last], start=first)
    )


def _refused(error: GitFailed, place: Place, first: int) -> UsageError | FileError:
    found = _TOO_FEW_LINES.search(error.text)
    return _failed(error) if found is None else _too_short(place.path, first, int(found[1]))


def _too_short(path: str, first: int, lines: int) -> UsageError:
    return UsageError(
        f"{path} has {lines} lines; there is no line {first}.",
        suggestion="Name a line that the file has now.",
        details={"path": path, "lines": lines},
    )


def _failed(error: GitFailed) -> FileError:
    bad_list = _BAD_LIST.search(error.text) is not None
    return FileError(
        "git could not read this repository: " + (error.text or "it gave no reason"),
        suggestion="Correct or unset `blame.ignoreRevsFile`."
        if bad_list
        else "Run `git status` here and follow what it says.",
    )


def _unblamable(path: str, reason: str) -> NotFound:
    return NotFound(
        _WHY[reason].format(path=path or "."), suggestion=_REMEDY[reason], details={"reason": reason, "path": path}
    )
