"""GitLab's JSON as pydantic models: strict on ids and times, easy on the rest, from version 15 to 19.

Fields that nothing reads are not listed. A field that some version leaves out or sends as null has a default here;
what it stands for then is decided in `mapping`.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LARGEST = 2**63 - 1


def milliseconds(value: object) -> int:
    """An ISO 8601 time with its offset (commits carry `+03:00`) as milliseconds UTC, the rest cut off."""
    if not isinstance(value, str):
        raise ValueError("a time must be text")  # noqa: TRY004 - pydantic turns only ValueError into its own error
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time must have an offset")
    return (moment - _EPOCH) // _MILLISECOND


Millis = Annotated[int, BeforeValidator(milliseconds)]
Id = Annotated[int, Field(strict=True, ge=1, le=_LARGEST)]
Pointer = Annotated[int, Field(strict=True, ge=0, le=_LARGEST)]
"""The id of something else; some proxies and clients write 0 for none."""
Count = Annotated[int, Field(le=_LARGEST)]
NumberOrText = Annotated[str, Field(coerce_numbers_to_str=True)]
HexId = Annotated[str, Field(min_length=1, max_length=64)]


class Payload(BaseModel):
    model_config = ConfigDict(extra="ignore")


class UserPayload(Payload):
    id: Id
    username: str | None = None
    name: str | None = None
    web_url: str | None = None


class LabelPayload(Payload):
    name: str


class MilestonePayload(Payload):
    id: Id
    iid: Count | None = None
    title: str
    state: str | None = None
    due_date: str | None = None
    web_url: str | None = None


class ItemPayload(Payload):
    """What issues and merge requests have in common."""

    id: Id
    iid: Id
    title: str | None = None
    description: str | None = None
    state: str
    author: UserPayload | None = None
    created_at: Millis
    updated_at: Millis
    web_url: str | None = None
    closed_at: Millis | None = None
    closed_by: UserPayload | None = None
    labels: list[str | LabelPayload] | None = None
    assignees: list[UserPayload] | None = None
    assignee: UserPayload | None = None
    milestone: MilestonePayload | None = None
    discussion_locked: bool | None = None
    user_notes_count: Count | None = None
    upvotes: Count | None = None
    downvotes: Count | None = None


class IssuePayload(ItemPayload):
    due_date: str | None = None
    confidential: bool | None = None
    issue_type: str | None = None
    weight: Count | None = None
    moved_to_id: Pointer | None = None


class MergeRequestPayload(ItemPayload):
    source_branch: str
    target_branch: str
    source_project_id: Pointer | None = None
    target_project_id: Pointer | None = None
    merged_at: Millis | None = None
    merge_user: UserPayload | None = None
    merged_by: UserPayload | None = None
    reviewers: list[UserPayload] | None = None
    draft: bool | None = None
    work_in_progress: bool | None = None
    detailed_merge_status: str | None = None
    sha: str | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None


class ProjectPayload(Payload):
    id: Id
    path_with_namespace: Annotated[str, Field(min_length=1)]
    name: str | None = None
    web_url: str | None = None
    default_branch: str | None = None
    archived: bool | None = None
    issues_enabled: bool | None = None
    issues_access_level: str | None = None
    merge_requests_enabled: bool | None = None
    merge_requests_access_level: str | None = None


class LinePayload(Payload):
    old_line: Count | None = None
    new_line: Count | None = None


class LineRangePayload(Payload):
    start: LinePayload | None = None


class PositionPayload(Payload):
    position_type: str | None = None
    base_sha: str | None = None
    start_sha: str | None = None
    head_sha: str | None = None
    old_path: str | None = None
    new_path: str | None = None
    old_line: Count | None = None
    new_line: Count | None = None
    line_range: LineRangePayload | None = None


class NotePayload(Payload):
    id: Id
    type: str | None = None
    body: str | None = None
    author: UserPayload | None = None
    created_at: Millis
    updated_at: Millis
    system: bool | None = None
    internal: bool | None = None
    confidential: bool | None = None
    resolvable: bool | None = None
    resolved: bool | None = None
    resolved_by: UserPayload | None = None
    resolved_at: Millis | None = None
    position: PositionPayload | None = None


class DiscussionPayload(Payload):
    id: HexId
    individual_note: bool
    notes: list[NotePayload]


class StateEventPayload(Payload):
    id: Id
    user: UserPayload | None = None
    created_at: Millis
    state: str
    source_commit: str | None = None
    source_merge_request_id: Pointer | None = None


class LabelEventPayload(Payload):
    id: Id
    user: UserPayload | None = None
    created_at: Millis
    action: str
    label: LabelPayload | None = None


class TitlePayload(Payload):
    title: str


class MilestoneEventPayload(Payload):
    id: Id
    user: UserPayload | None = None
    created_at: Millis
    action: str
    milestone: TitlePayload | None = None


class ReferencesPayload(Payload):
    full: str | None = None


class IssueLinkPayload(Payload):
    """An issue as `/links` lists it."""

    issue_link_id: Id
    iid: Id
    link_type: str | None = None
    link_created_at: Millis | None = None
    references: ReferencesPayload | None = None
    web_url: str | None = None


class ClosesIssuePayload(Payload):
    """One of GitLab's own issues, or one in an external tracker, which has only `id` and `title`."""

    id: Id | Annotated[str, Field(min_length=1)]
    iid: Id | None = None
    project_id: Id | None = None
    references: ReferencesPayload | None = None
    web_url: str | None = None


class DiffPayload(Payload):
    old_path: str
    new_path: str
    diff: str | None = None
    a_mode: str | None = None
    b_mode: str | None = None
    new_file: bool | None = None
    renamed_file: bool | None = None
    deleted_file: bool | None = None
    generated_file: bool | None = None
    too_large: bool | None = None
    collapsed: bool | None = None


class CommitPayload(Payload):
    id: HexId
    title: str | None = None
    message: str | None = None
    author_name: str | None = None
    authored_date: Millis | None = None
    committed_date: Millis | None = None
    created_at: Millis | None = None
    parent_ids: list[str] | None = None


class CurrentUserPayload(Payload):
    id: Id
    username: str
    name: str | None = None


class TokenPayload(Payload):
    """A personal access token as `/personal_access_tokens/self` shows it."""

    scopes: list[str] | None = None
    expires_at: str | None = None


class MetadataPayload(Payload):
    version: Annotated[str, Field(min_length=1)]
    enterprise: bool | None = None


class DiffSummaryPayload(Payload):
    """Of a single merge request: `1000+` says that GitLab stopped counting, and left out the rest."""

    changes_count: NumberOrText | None = None
