"""How items, dependent sets and document sources are named."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

InstanceId = NewType("InstanceId", int)
ProjectId = NewType("ProjectId", int)
"""The local key of a project's row, not GitLab's own id."""


class EntityKind(StrEnum):
    ISSUE = "issue"
    MERGE_REQUEST = "merge_request"

    @property
    def sigil(self) -> str:
        """The character of GitLab's short references: `#` or `!`."""
        return "#" if self is EntityKind.ISSUE else "!"

    @property
    def api_name(self) -> str:
        """The word in GitLab's paths: `issues` or `merge_requests`."""
        return f"{self.value}s"

    @property
    def noteable_type(self) -> str:
        return "Issue" if self is EntityKind.ISSUE else "MergeRequest"


SIGILS = {kind.sigil: kind for kind in EntityKind}


class DependentKind(StrEnum):
    """What belongs to an item and has to be fetched by a request of its own (a `job kind` of sync.md rule 4)."""

    DISCUSSIONS = "discussions"
    STATE_EVENTS = "state_events"
    LABEL_EVENTS = "label_events"
    MILESTONE_EVENTS = "milestone_events"
    ISSUE_LINKS = "issue_links"
    CLOSES_ISSUES = "closes_issues"
    DIFFS = "diffs"
    COMMITS = "commits"


_EVENTS = (DependentKind.STATE_EVENTS, DependentKind.LABEL_EVENTS, DependentKind.MILESTONE_EVENTS)
_DEPENDENTS = {
    EntityKind.ISSUE: (DependentKind.DISCUSSIONS, *_EVENTS, DependentKind.ISSUE_LINKS),
    EntityKind.MERGE_REQUEST: (
        DependentKind.DISCUSSIONS,
        *_EVENTS,
        DependentKind.CLOSES_ISSUES,
        DependentKind.DIFFS,
        DependentKind.COMMITS,
    ),
}


def dependents_of(kind: EntityKind) -> tuple[DependentKind, ...]:
    """Every set that an item of this kind has, the discussions first."""
    return _DEPENDENTS[kind]


@dataclass(frozen=True, slots=True, order=True)
class EntityRef:
    """One issue or merge request of a stored project."""

    project_id: ProjectId
    kind: EntityKind
    iid: int


class SourceType(StrEnum):
    ISSUE = "issue"
    MERGE_REQUEST = "merge_request"
    DISCUSSION = "discussion"


@dataclass(frozen=True, slots=True, order=True)
class SourceKey:
    """What one document is made from: the local key of an issue, a merge request or a discussion."""

    source_type: SourceType
    source_id: int
