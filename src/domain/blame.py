"""What a checkout knows about a line: the commit that wrote it and the merges that brought that commit in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.git_remotes import Remote


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A work tree. `remotes` begin with the one the current branch tracks, then `origin`, then by name."""

    root: str
    remotes: tuple[Remote, ...] = ()
    default_branch: str | None = None
    """The default branch of the first remote, where the clone recorded it."""
    shallow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A path inside a checkout, relative to its root, with `/` between the names; empty for the root itself."""

    checkout: Checkout
    path: str


class Passage(StrEnum):
    """How a line came here from another file."""

    MOVED = "moved"
    """It left the other file in the same commit: its origin is where it was written first."""
    COPIED = "copied"
    """The other file kept it: its origin is the commit that copied it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relocation:
    """The other commit to know of where a line came from another file: that moved it, or wrote what was copied."""

    passage: Passage
    sha: str
    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlamedLine:
    """One line of the work tree and where it comes from. Without `sha` it is not committed yet."""

    line: int
    text: str
    sha: str | None = None
    original_path: str = ""
    """The file's name in that commit, or its present one."""
    original_line: int = 0
    history_ends: bool = False
    """The commit is the oldest one of a shallow clone: the line may be older."""
    relocation: Relocation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFacts:
    sha: str
    parent_shas: tuple[str, ...]
    author_name: str
    authored_at: int
    committed_at: int
    message: str

    @property
    def subject(self) -> str:
        return self.message.partition("\n")[0]


def merges_of(sha: str, head: str, parents: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The merges that brought `sha` into the line of `head`, innermost first; empty if it was made on that line.

    `parents` holds the commits between (those that descend from `sha`) with their parents. On each line the oldest
    commit that contains `sha` is looked for along first parents; if that is a merge, the search goes on along the
    parent it merged.
    """
    merges: list[str] = []
    tip = head
    while tip != sha and tip in parents:
        oldest = _oldest_on_line(tip, sha, parents)
        merged = next((parent for parent in parents[oldest] if parent == sha or parent in parents), None)
        if merged is None or merged == parents[oldest][0]:
            break
        merges.insert(0, oldest)
        tip = merged
    return tuple(merges)


def _oldest_on_line(tip: str, sha: str, parents: Mapping[str, Sequence[str]]) -> str:
    oldest = tip
    while (first := next(iter(parents[oldest]), None)) is not None and first != sha and first in parents:
        oldest = first
    return oldest
