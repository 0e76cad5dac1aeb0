"""From GitLab's JSON to the domain's entities: what an absent or empty field stands for."""

import re
from collections.abc import Sequence

from adapters.gitlab.payloads import (
    CommitPayload,
    DiffPayload,
    DiscussionPayload,
    IssuePayload,
    ItemPayload,
    LabelEventPayload,
    LabelPayload,
    MergeRequestPayload,
    MilestoneEventPayload,
    MilestonePayload,
    NotePayload,
    PositionPayload,
    ProjectPayload,
    StateEventPayload,
    UserPayload,
)
from domain.entities import (
    Commit,
    DiffPosition,
    Discussion,
    FileChange,
    Issue,
    LabelEvent,
    MergeRequest,
    Milestone,
    MilestoneEvent,
    Note,
    Project,
    StateEvent,
    User,
)

GHOST = User(gitlab_id=0, username="ghost", name="Ghost User")
"""Stands for an author GitLab no longer names. A server's own ghost has an id of its own and is kept with that."""


def user(payload: UserPayload) -> User:
    username = payload.username or f"user-{payload.id}"
    return User(gitlab_id=payload.id, username=username, name=payload.name or username, web_url=payload.web_url or "")


def user_or_none(payload: UserPayload | None) -> User | None:
    return None if payload is None else user(payload)


def author(payload: UserPayload | None) -> User:
    return GHOST if payload is None else user(payload)


def users(payloads: Sequence[UserPayload] | None) -> tuple[User, ...]:
    """Each person once."""
    if not payloads:
        return ()
    return tuple({payload.id: user(payload) for payload in payloads}.values())


def label_names(labels: Sequence[str | LabelPayload] | None) -> tuple[str, ...]:
    """Titles or label objects, as the server is asked or versioned; each label once."""
    if not labels:
        return ()
    return tuple(dict.fromkeys(label if isinstance(label, str) else label.name for label in labels))


def milestone(payload: MilestonePayload | None) -> Milestone | None:
    if payload is None:
        return None
    return Milestone(
        gitlab_id=payload.id,
        iid=payload.iid or 0,
        title=payload.title,
        state=payload.state or "active",
        due_date=payload.due_date,
        web_url=payload.web_url or "",
    )


def project(payload: ProjectPayload) -> Project:
    path = payload.path_with_namespace
    return Project(
        gitlab_id=payload.id,
        path=path,
        name=payload.name or path.rpartition("/")[2],
        web_url=payload.web_url or "",
        default_branch=payload.default_branch,
        archived=bool(payload.archived),
        issues_enabled=_enabled(payload.issues_enabled, payload.issues_access_level),
        merge_requests_enabled=_enabled(payload.merge_requests_enabled, payload.merge_requests_access_level),
    )


def _enabled(flag: bool | None, access_level: str | None) -> bool:
    """The flag is deprecated for the level, and either may be missing."""
    return access_level != "disabled" if flag is None else flag


def _assignees(payload: ItemPayload) -> tuple[User, ...]:
    if payload.assignees is None and payload.assignee is not None:
        return (user(payload.assignee),)
    return users(payload.assignees)


def issue(payload: IssuePayload) -> Issue:
    return Issue(
        gitlab_id=payload.id,
        iid=payload.iid,
        title=payload.title or "",
        description=payload.description or "",
        state=payload.state,
        author=author(payload.author),
        created_at=payload.created_at,
        updated_at=payload.updated_at,
        web_url=payload.web_url or "",
        closed_at=payload.closed_at,
        closed_by=user_or_none(payload.closed_by),
        labels=label_names(payload.labels),
        assignees=_assignees(payload),
        milestone=milestone(payload.milestone),
        due_date=payload.due_date,
        confidential=bool(payload.confidential),
        discussion_locked=payload.discussion_locked,
        issue_type=payload.issue_type or "issue",
        user_notes_count=payload.user_notes_count or 0,
        upvotes=payload.upvotes or 0,
        downvotes=payload.downvotes or 0,
        weight=payload.weight,
        moved_to_gitlab_id=payload.moved_to_id or None,
    )


def merge_request(payload: MergeRequestPayload) -> MergeRequest:
    return MergeRequest(
        gitlab_id=payload.id,
        iid=payload.iid,
        title=payload.title or "",
        description=payload.description or "",
        state=payload.state,
        author=author(payload.author),
        created_at=payload.created_at,
        updated_at=payload.updated_at,
        web_url=payload.web_url or "",
        source_branch=payload.source_branch,
        target_branch=payload.target_branch,
        source_project_gitlab_id=payload.source_project_id or None,
        target_project_gitlab_id=payload.target_project_id or None,
        merged_at=payload.merged_at,
        merge_user=user_or_none(payload.merge_user or payload.merged_by),
        closed_at=payload.closed_at,
        closed_by=user_or_none(payload.closed_by),
        labels=label_names(payload.labels),
        assignees=_assignees(payload),
        reviewers=users(payload.reviewers),
        milestone=milestone(payload.milestone),
        draft=bool(payload.work_in_progress if payload.draft is None else payload.draft),
        discussion_locked=payload.discussion_locked,
        detailed_merge_status=payload.detailed_merge_status or "",
        sha=payload.sha,
        merge_commit_sha=payload.merge_commit_sha,
        squash_commit_sha=payload.squash_commit_sha,
        user_notes_count=payload.user_notes_count or 0,
        upvotes=payload.upvotes or 0,
        downvotes=payload.downvotes or 0,
    )


def position(payload: PositionPayload | None) -> DiffPosition | None:
    if payload is None:
        return None
    start = payload.line_range.start if payload.line_range else None
    return DiffPosition(
        position_type=payload.position_type or "text",
        base_sha=payload.base_sha,
        start_sha=payload.start_sha,
        head_sha=payload.head_sha,
        old_path=payload.old_path,
        new_path=payload.new_path,
        old_line=payload.old_line,
        new_line=payload.new_line,
        start_old_line=start.old_line if start else None,
        start_new_line=start.new_line if start else None,
    )


def note(payload: NotePayload) -> Note:
    resolvable = bool(payload.resolvable)
    return Note(
        gitlab_id=payload.id,
        body=payload.body or "",
        author=author(payload.author),
        created_at=payload.created_at,
        updated_at=payload.updated_at,
        system=bool(payload.system),
        type=payload.type,
        internal=bool(payload.confidential if payload.internal is None else payload.internal),
        resolvable=resolvable,
        resolved=payload.resolved if resolvable else None,
        resolved_by=user_or_none(payload.resolved_by),
        resolved_at=payload.resolved_at,
        position=position(payload.position),
    )


def discussion(payload: DiscussionPayload) -> Discussion:
    notes = {each.id: note(each) for each in payload.notes}
    return Discussion(gitlab_id=payload.id, individual_note=payload.individual_note, notes=tuple(notes.values()))


def state_event(payload: StateEventPayload) -> StateEvent:
    return StateEvent(
        gitlab_id=payload.id,
        state=payload.state,
        created_at=payload.created_at,
        user=user_or_none(payload.user),
        source_commit=payload.source_commit,
        source_merge_request_gitlab_id=payload.source_merge_request_id or None,
    )


def label_event(payload: LabelEventPayload) -> LabelEvent:
    return LabelEvent(
        gitlab_id=payload.id,
        action=payload.action,
        created_at=payload.created_at,
        label=payload.label.name if payload.label else None,
        user=user_or_none(payload.user),
    )


def milestone_event(payload: MilestoneEventPayload) -> MilestoneEvent:
    return MilestoneEvent(
        gitlab_id=payload.id,
        action=payload.action,
        created_at=payload.created_at,
        milestone=payload.milestone.title if payload.milestone else None,
        user=user_or_none(payload.user),
    )


def file_change(payload: DiffPayload) -> FileChange:
    diff = payload.diff or ""
    return FileChange(
        old_path=payload.old_path,
        new_path=payload.new_path,
        new_file=bool(payload.new_file),
        renamed_file=bool(payload.renamed_file),
        deleted_file=bool(payload.deleted_file),
        too_large=bool(payload.too_large or (payload.collapsed and not diff)),
        generated_file=bool(payload.generated_file),
        a_mode=payload.a_mode or "",
        b_mode=payload.b_mode or "",
        diff=diff,
    )


def commit(payload: CommitPayload) -> Commit:
    """Raises ValueError where no time is given at all."""
    times = (payload.authored_date, payload.committed_date, payload.created_at)
    known = [time for time in times if time is not None]
    if not known:
        raise ValueError("a commit must have a time")
    message = payload.message or payload.title or ""
    return Commit(
        sha=payload.id,
        title=payload.title or re.split(r"[\r\n]", message, maxsplit=1)[0],
        message=message,
        author_name=payload.author_name or "",
        authored_at=known[0],
        committed_at=payload.committed_date if payload.committed_date is not None else known[-1],
        parent_shas=tuple(payload.parent_ids or ()),
    )
