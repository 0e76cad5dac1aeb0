"""An issue or merge request as the values of its row."""

from collections.abc import Mapping

from domain.entities import Entity, Issue, MergeRequest, User

_BOTH = (
    "gitlab_id",
    "iid",
    "title",
    "description",
    "state",
    "created_at",
    "updated_at",
    "web_url",
    "closed_at",
    "discussion_locked",
    "user_notes_count",
    "upvotes",
    "downvotes",
)
_ISSUE = (*_BOTH, "due_date", "confidential", "issue_type", "weight", "moved_to_gitlab_id")
_MERGE_REQUEST = (
    *_BOTH,
    "source_branch",
    "target_branch",
    "source_project_gitlab_id",
    "target_project_gitlab_id",
    "merged_at",
    "draft",
    "detailed_merge_status",
    "sha",
    "merge_commit_sha",
    "squash_commit_sha",
)


def people_of(entity: Entity) -> list[User | None]:
    """Everybody whom the row names, repetitions included."""
    people = [entity.author, entity.closed_by, *entity.assignees]
    return [*people, entity.merge_user, *entity.reviewers] if isinstance(entity, MergeRequest) else people


def row_of(entity: Entity, people: Mapping[int, int], milestone_id: int | None) -> dict[str, object]:
    """The fields that GitLab gives; `people` are local keys by GitLab id."""
    fields = _ISSUE if isinstance(entity, Issue) else _MERGE_REQUEST
    row = {name: getattr(entity, name) for name in fields}
    row["author_id"] = people[entity.author.gitlab_id]
    row["closed_by_id"] = _key(entity.closed_by, people)
    row["milestone_id"] = milestone_id
    if isinstance(entity, MergeRequest):
        row["merge_user_id"] = _key(entity.merge_user, people)
    return row


def _key(user: User | None, people: Mapping[int, int]) -> int | None:
    return None if user is None else people[user.gitlab_id]
