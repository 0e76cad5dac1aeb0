"""The words that options and parameters take, the same at every door."""

from enum import StrEnum

from domain.refs import SourceType


class SortName(StrEnum):
    UPDATED = "updated"
    CREATED = "created"
    IID = "iid"
    TITLE = "title"


class IssueState(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"
    ALL = "all"


class MergeRequestState(StrEnum):
    """Issues are in some of these too."""

    OPENED = "opened"
    CLOSED = "closed"
    MERGED = "merged"
    LOCKED = "locked"
    ALL = "all"


def state_of(state: IssueState | MergeRequestState) -> str | None:
    """None: any."""
    return None if state.value == "all" else state.value


class DocumentType(StrEnum):
    ISSUE = "issue"
    MR = "mr"
    DISCUSSION = "discussion"

    @property
    def source_type(self) -> SourceType:
        return SourceType.MERGE_REQUEST if self is DocumentType.MR else SourceType(self.value)
