"""What the local git checkout tells about lines; nothing here reaches the network."""

from collections.abc import Collection, Mapping
from typing import Protocol

from domain.blame import BlamedLine, CommitFacts, Place


class Blame(Protocol):
    """Reads work trees. Raises `FileError` when git is missing, refuses the repository or takes too long."""

    def locate(self, path: str) -> Place | None:
        """The checkout that holds `path`, as typed in the current folder, and the path inside it.

        A path that is not there is taken as typed from the checkout's root if it is there, so that names copied from
        elsewhere work in subfolders; one that is nowhere stays as typed. None outside a work tree.
        """
        ...

    def lines(self, place: Place, first: int, last: int) -> tuple[BlamedLine, ...]:
        """The origin of lines `first` to `last` (from 1, both included) of the file as it is on disk.

        Changes of white space, moves inside a commit and the commits of the repository's ignore-revs file are looked
        through; what came from another file carries a `relocation`. Raises `NotFound` for a path that git does not
        track (`details["reason"]`: `missing`, `untracked`, `folder`, `submodule` or `lfs`) and `UsageError` for lines
        that the file does not have.
        """
        ...

    def commits(self, place: Place, shas: Collection[str]) -> Mapping[str, CommitFacts]:
        """The commits of these full shas; those that the clone does not hold are left out."""
        ...

    def merges_of(self, place: Place, sha: str) -> tuple[CommitFacts, ...]:
        """The merges that brought the commit into the current branch, innermost first (see `domain.blame.merges_of`).

        Empty where it was made on the branch itself, or is not in it.
        """
        ...
