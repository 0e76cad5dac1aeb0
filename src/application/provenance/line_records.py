"""What is told of traced lines."""

from dataclasses import dataclass
from enum import StrEnum

from application.provenance.decided import DecidingThread, LinkedIssue
from application.provenance.shown import ShownItem
from application.reading.freshness import MirrorAge
from domain.attribution import Confidence, Method
from domain.blame import Passage


class LineStatus(StrEnum):
    TRACED = "traced"
    NAMED = "named"
    """The merge request is known by name, but the store does not hold it."""
    UNCOMMITTED = "uncommitted"
    HISTORY_ENDS = "history_ends"
    """The clone is shallow, and its oldest commit is all that git can tell."""
    BEFORE_HISTORY = "before_history"
    """The commit is older than every stored merge request."""
    NO_MERGE_REQUEST = "no_merge_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCommit:
    sha: str
    subject: str
    author_name: str
    authored_at: int
    path: str
    """The file's name in that commit."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMergeRequest:
    """`item` is None where the store does not hold it; `evidence_sha` is the other commit that led there."""

    project_path: str
    iid: int
    method: Method
    confidence: Confidence
    held: bool
    evidence_sha: str | None
    item: ShownItem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPassage:
    """How the lines came from another file, and what is known of the other commit."""

    passage: Passage
    sha: str
    path: str
    line: int
    merge_request: FoundMergeRequest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedLines:
    """Neighbouring lines of one origin."""

    first_line: int
    last_line: int
    texts: tuple[str, ...]
    status: LineStatus
    explanation: str
    commit: ShownCommit | None
    merge_request: FoundMergeRequest | None
    alternatives: tuple[FoundMergeRequest, ...]
    passage: ShownPassage | None
    issues: tuple[LinkedIssue, ...]
    discussions: tuple[DecidingThread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTrace:
    path: str
    project_path: str
    lines: tuple[TracedLines, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTraceAnswer:
    trace: LineTrace
    total_groups: int
    freshness: MirrorAge
