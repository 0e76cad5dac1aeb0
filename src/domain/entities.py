"""GitLab's objects as `lore` keeps them: frozen, and named as GitLab names them.

Times are integer milliseconds UTC; dates are `YYYY-MM-DD` strings. `gitlab_id` is GitLab's global id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from domain.refs import DependentKind, EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    gitlab_id: int
    username: str
    name: str
    web_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    gitlab_id: int
    iid: int
    title: str
    state: str
    due_date: str | None = None
    web_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    gitlab_id: int
    path: str
    """The full path, `group/sub/project`."""
    name: str
    web_url: str
    default_branch: str | None = None
    archived: bool = False
    issues_enabled: bool = True
    merge_requests_enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    gitlab_id: int
    iid: int
    title: str
    description: str
    state: str
    author: User
    created_at: int
    updated_at: int
    web_url: str
    closed_at: int | None = None
    closed_by: User | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[User, ...] = ()
    milestone: Milestone | None = None
    due_date: str | None = None
    confidential: bool = False
    discussion_locked: bool | None = None
    issue_type: str = "issue"
    user_notes_count: int = 0
    upvotes: int = 0
    downvotes: int = 0
    weight: int | None = None
    moved_to_gitlab_id: int | None = None

    @property
    def kind(self) -> EntityKind:
        return EntityKind.ISSUE


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequest:
    gitlab_id: int
    iid: int
    title: str
    description: str
    state: str
    author: User
    created_at: int
    updated_at: int
    web_url: str
    source_branch: str
    target_branch: str
    source_project_gitlab_id: int | None = None
    target_project_gitlab_id: int | None = None
    merged_at: int | None = None
    merge_user: User | None = None
    closed_at: int | None = None
    closed_by: User | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[User, ...] = ()
    reviewers: tuple[User, ...] = ()
    milestone: Milestone | None = None
    draft: bool = False
    discussion_locked: bool | None = None
    detailed_merge_status: str = ""
    sha: str | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None
    user_notes_count: int = 0
    upvotes: int = 0
    downvotes: int = 0

    @property
    def kind(self) -> EntityKind:
        return EntityKind.MERGE_REQUEST


Entity = Issue | MergeRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffPosition:
    """Where in a diff a DiffNote stands; an added line has only `new_line`, a removed one only `old_line`."""

    position_type: str
    base_sha: str | None = None
    start_sha: str | None = None
    head_sha: str | None = None
    old_path: str | None = None
    new_path: str | None = None
    old_line: int | None = None
    new_line: int | None = None
    start_old_line: int | None = None
    start_new_line: int | None = None
    """The first line of a multi-line note (`line_range.start`), where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    gitlab_id: int
    body: str
    author: User
    created_at: int
    updated_at: int
    system: bool = False
    type: str | None = None
    internal: bool = False
    resolvable: bool = False
    resolved: bool | None = None
    resolved_by: User | None = None
    resolved_at: int | None = None
    position: DiffPosition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    gitlab_id: str
    """GitLab's 40-hex discussion id."""
    individual_note: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateEvent:
    gitlab_id: int
    state: str
    created_at: int
    user: User | None = None
    source_commit: str | None = None
    source_merge_request_gitlab_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelEvent:
    gitlab_id: int
    action: str
    created_at: int
    label: str | None
    """None where the label has been deleted since."""
    user: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneEvent:
    gitlab_id: int
    action: str
    created_at: int
    milestone: str | None
    user: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLink:
    """A link of an issue to another one, as GitLab lists it on this issue's side."""

    gitlab_id: int
    link_type: str
    target_project_path: str
    target_iid: int
    created_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosesIssue:
    """An issue that the merge request closes when merged; one in an external tracker has only its id."""

    target_project_path: str | None
    target_iid: int | None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of a merge request's diff. `diff` holds hunks only; it is empty where GitLab left it out."""

    old_path: str
    new_path: str
    new_file: bool = False
    renamed_file: bool = False
    deleted_file: bool = False
    too_large: bool = False
    generated_file: bool = False
    a_mode: str = ""
    b_mode: str = ""
    diff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    sha: str
    title: str
    message: str
    author_name: str
    authored_at: int
    committed_at: int
    parent_shas: tuple[str, ...] = ()


DependentRecord = Discussion | StateEvent | LabelEvent | MilestoneEvent | IssueLink | ClosesIssue | FileChange | Commit

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that GitLab sent and that cannot be read (sync.md rule 7)."""

    record: str
    """What it should have been: `issue`, `merge_request` or a dependent kind, in quarantine with its item's name."""
    gitlab_id: str | None
    payload: bytes
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched(Generic[T]):
    """One object with its payload and the time its request began, on the local clock (C13's `last_seen_at`)."""

    value: T
    payload: bytes
    """GitLab's JSON, zlib-compressed."""
    requested_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentAnswer:
    """The complete set of one dependent kind of one item."""

    dependent: DependentKind
    records: Sequence[DependentRecord]
    payload: bytes
    """GitLab's JSON array over all pages, zlib-compressed."""
    requested_at: int
    """When the first request began, on the local clock."""
    server_requested_at: int
    """The same instant by the server's clock, never later than it was (sync.md rule 3)."""
    pages: int = 1
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    """What is known to be incomplete, such as a diff over GitLab's limits."""
