"""The domain's records as GitLab's JSON has them: the other way round than the client reads."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.entities import (
    ClosesIssue,
    Commit,
    DependentRecord,
    DiffPosition,
    Discussion,
    Entity,
    FileChange,
    Issue,
    IssueLink,
    LabelEvent,
    Milestone,
    MilestoneEvent,
    Note,
    Project,
    StateEvent,
    User,
)

Row = dict[str, Any]


def iso(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user_row(user: User | None) -> Row | None:
    if user is None:
        return None
    known = {"id": user.gitlab_id, "username": user.username, "name": user.name, "web_url": user.web_url}
    return {**known, "state": "active", "locked": False, "avatar_url": None}


def user_rows(users: Iterable[User]) -> list[Row | None]:
    return [user_row(user) for user in users]


def milestone_row(milestone: Milestone | None) -> Row | None:
    if milestone is None:
        return None
    return {
        "id": milestone.gitlab_id,
        "iid": milestone.iid,
        "title": milestone.title,
        "state": milestone.state,
        "due_date": milestone.due_date,
        "web_url": milestone.web_url,
    }


def project_row(project: Project) -> Row:
    return {
        "id": project.gitlab_id,
        "name": project.name,
        "path_with_namespace": project.path,
        "web_url": project.web_url,
        "default_branch": project.default_branch,
        "archived": project.archived,
        "issues_enabled": project.issues_enabled,
        "merge_requests_enabled": project.merge_requests_enabled,
    }


def item_row(entity: Entity, project: Project) -> Row:
    own = _issue_fields(entity) if isinstance(entity, Issue) else _merge_request_fields(entity)
    return {
        "id": entity.gitlab_id,
        "iid": entity.iid,
        "project_id": project.gitlab_id,
        "title": entity.title,
        "description": entity.description,
        "state": entity.state,
        "author": user_row(entity.author),
        "created_at": iso(entity.created_at),
        "updated_at": iso(entity.updated_at),
        "closed_at": iso(entity.closed_at),
        "closed_by": user_row(entity.closed_by),
        "labels": list(entity.labels),
        "assignees": user_rows(entity.assignees),
        "milestone": milestone_row(entity.milestone),
        "discussion_locked": entity.discussion_locked,
        "user_notes_count": entity.user_notes_count,
        "upvotes": entity.upvotes,
        "downvotes": entity.downvotes,
        "web_url": entity.web_url,
        **own,
    }


def _issue_fields(issue: Issue) -> Row:
    return {
        "due_date": issue.due_date,
        "confidential": issue.confidential,
        "issue_type": issue.issue_type,
        "weight": issue.weight,
        "moved_to_id": issue.moved_to_gitlab_id,
    }


def _merge_request_fields(entity: Entity) -> Row:
    assert not isinstance(entity, Issue)
    return {
        "source_branch": entity.source_branch,
        "target_branch": entity.target_branch,
        "source_project_id": entity.source_project_gitlab_id,
        "target_project_id": entity.target_project_gitlab_id,
        "merged_at": iso(entity.merged_at),
        "merge_user": user_row(entity.merge_user),
        "merged_by": user_row(entity.merge_user),
        "reviewers": user_rows(entity.reviewers),
        "draft": entity.draft,
        "work_in_progress": entity.draft,
        "detailed_merge_status": entity.detailed_merge_status,
        "sha": entity.sha,
        "merge_commit_sha": entity.merge_commit_sha,
        "squash_commit_sha": entity.squash_commit_sha,
    }


def position_row(position: DiffPosition) -> Row:
    start = {"type": "new", "old_line": position.start_old_line, "new_line": position.start_new_line}
    multi_line = position.start_old_line is not None or position.start_new_line is not None
    return {
        "position_type": position.position_type,
        "base_sha": position.base_sha,
        "start_sha": position.start_sha,
        "head_sha": position.head_sha,
        "old_path": position.old_path,
        "new_path": position.new_path,
        "old_line": position.old_line,
        "new_line": position.new_line,
        "line_range": {"start": start, "end": start} if multi_line else None,
    }


def note_row(note: Note) -> Row:
    row: Row = {
        "id": note.gitlab_id,
        "type": note.type,
        "body": note.body,
        "author": user_row(note.author),
        "created_at": iso(note.created_at),
        "updated_at": iso(note.updated_at),
        "system": note.system,
        "internal": note.internal,
        "resolvable": note.resolvable,
    }
    if note.resolvable:
        row |= {"resolved": note.resolved, "resolved_by": user_row(note.resolved_by)}
        row["resolved_at"] = iso(note.resolved_at)
    if note.position is not None:
        row["position"] = position_row(note.position)
    return row


def discussion_row(discussion: Discussion) -> Row:
    notes = [note_row(note) for note in discussion.notes]
    return {"id": discussion.gitlab_id, "individual_note": discussion.individual_note, "notes": notes}


def state_event_row(event: StateEvent) -> Row:
    return {
        "id": event.gitlab_id,
        "user": user_row(event.user),
        "created_at": iso(event.created_at),
        "state": event.state,
        "source_commit": event.source_commit,
        "source_merge_request_id": event.source_merge_request_gitlab_id,
    }


def label_event_row(event: LabelEvent) -> Row:
    return {
        "id": event.gitlab_id,
        "user": user_row(event.user),
        "created_at": iso(event.created_at),
        "action": event.action,
        "label": None if event.label is None else {"id": 1, "name": event.label, "color": "#428bca"},
    }


def milestone_event_row(event: MilestoneEvent) -> Row:
    return {
        "id": event.gitlab_id,
        "user": user_row(event.user),
        "created_at": iso(event.created_at),
        "action": event.action,
        "milestone": None if event.milestone is None else {"id": 1, "iid": 1, "title": event.milestone},
    }


def issue_link_row(link: IssueLink) -> Row:
    path = link.target_project_path
    return {
        "id": 10_000 + link.target_iid,
        "iid": link.target_iid,
        "issue_link_id": link.gitlab_id,
        "link_type": link.link_type,
        "link_created_at": iso(link.created_at),
        "references": {"short": f"#{link.target_iid}", "full": f"{path}#{link.target_iid}"},
    }


def closes_issue_row(closes: ClosesIssue) -> Row:
    if closes.external_id is not None:
        return {"id": closes.external_id, "title": "Somewhere else"}
    url = f"https://gitlab.example.com/{closes.target_project_path}/-/issues/{closes.target_iid}"
    return {"id": 10_000 + (closes.target_iid or 0), "iid": closes.target_iid, "project_id": 1, "web_url": url}


def file_change_row(change: FileChange) -> Row:
    return {
        "old_path": change.old_path,
        "new_path": change.new_path,
        "diff": change.diff,
        "a_mode": change.a_mode,
        "b_mode": change.b_mode,
        "new_file": change.new_file,
        "renamed_file": change.renamed_file,
        "deleted_file": change.deleted_file,
        "too_large": change.too_large,
        "collapsed": False,
        "generated_file": change.generated_file,
    }


def commit_row(commit: Commit) -> Row:
    return {
        "id": commit.sha,
        "short_id": commit.sha[:8],
        "title": commit.title,
        "message": commit.message,
        "author_name": commit.author_name,
        "authored_date": iso(commit.authored_at),
        "committed_date": iso(commit.committed_at),
        "created_at": iso(commit.committed_at),
        "parent_ids": list(commit.parent_shas),
    }


_ROWS: dict[type, Callable[[Any], Row]] = {
    Discussion: discussion_row,
    StateEvent: state_event_row,
    LabelEvent: label_event_row,
    MilestoneEvent: milestone_event_row,
    IssueLink: issue_link_row,
    ClosesIssue: closes_issue_row,
    FileChange: file_change_row,
    Commit: commit_row,
}


def dependent_row(record: DependentRecord) -> Row:
    return _ROWS[type(record)](record)
