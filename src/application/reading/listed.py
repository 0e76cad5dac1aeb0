"""Items and notes as lists show them: flat, and with everything that a reader needs to act on them."""

from dataclasses import dataclass

from application.ports.item_reader import ReadItem
from application.ports.note_reader import ReadNote
from domain.entities import Discussion, Issue, MergeRequest, Note
from domain.refs import EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedIssue:
    kind: EntityKind
    project_path: str
    iid: int
    title: str
    state: str
    author: str
    assignees: tuple[str, ...]
    labels: tuple[str, ...]
    milestone: str | None
    issue_type: str
    confidential: bool
    due_date: str | None
    user_notes_count: int
    created_at: int
    updated_at: int
    closed_at: int | None
    web_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMergeRequest:
    kind: EntityKind
    project_path: str
    iid: int
    title: str
    state: str
    draft: bool
    author: str
    assignees: tuple[str, ...]
    reviewers: tuple[str, ...]
    labels: tuple[str, ...]
    milestone: str | None
    source_branch: str
    target_branch: str
    user_notes_count: int
    created_at: int
    updated_at: int
    merged_at: int | None
    closed_at: int | None
    web_url: str


ListedItem = ListedIssue | ListedMergeRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNote:
    project_path: str
    noteable_type: str
    parent_iid: int
    parent_title: str
    gitlab_discussion_id: str
    gitlab_note_id: int
    type: str | None
    author: str
    body: str
    system: bool
    internal: bool
    resolvable: bool
    resolved: bool | None
    old_path: str | None
    new_path: str | None
    old_line: int | None
    new_line: int | None
    created_at: int
    updated_at: int
    web_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedThread:
    gitlab_discussion_id: str
    individual_note: bool
    resolvable: bool
    resolved: bool | None
    notes: tuple[ListedNote, ...]


def listed_item(item: ReadItem) -> ListedItem:
    entity = item.entity
    if isinstance(entity, Issue):
        return _issue(item.project_path, entity)
    return _merge_request(item.project_path, entity)


def _issue(project_path: str, issue: Issue) -> ListedIssue:
    return ListedIssue(
        kind=issue.kind,
        project_path=project_path,
        iid=issue.iid,
        title=issue.title,
        state=issue.state,
        author=issue.author.username,
        assignees=tuple(user.username for user in issue.assignees),
        labels=issue.labels,
        milestone=issue.milestone.title if issue.milestone else None,
        issue_type=issue.issue_type,
        confidential=issue.confidential,
        due_date=issue.due_date,
        user_notes_count=issue.user_notes_count,
        created_at=issue.created_at,
        updated_at=issue.updated_at,
        closed_at=issue.closed_at,
        web_url=issue.web_url,
    )


def _merge_request(project_path: str, change: MergeRequest) -> ListedMergeRequest:
    return ListedMergeRequest(
        kind=change.kind,
        project_path=project_path,
        iid=change.iid,
        title=change.title,
        state=change.state,
        draft=change.draft,
        author=change.author.username,
        assignees=tuple(user.username for user in change.assignees),
        reviewers=tuple(user.username for user in change.reviewers),
        labels=change.labels,
        milestone=change.milestone.title if change.milestone else None,
        source_branch=change.source_branch,
        target_branch=change.target_branch,
        user_notes_count=change.user_notes_count,
        created_at=change.created_at,
        updated_at=change.updated_at,
        merged_at=change.merged_at,
        closed_at=change.closed_at,
        web_url=change.web_url,
    )


def listed_note(read: ReadNote) -> ListedNote:
    note, place = read.note, read.note.position
    return ListedNote(
        project_path=read.project_path,
        noteable_type=read.parent.kind.noteable_type,
        parent_iid=read.parent.iid,
        parent_title=read.parent_title,
        gitlab_discussion_id=read.discussion_gitlab_id,
        gitlab_note_id=note.gitlab_id,
        type=note.type,
        author=note.author.username,
        body=note.body,
        system=note.system,
        internal=note.internal,
        resolvable=note.resolvable,
        resolved=note.resolved,
        old_path=place.old_path if place else None,
        new_path=place.new_path if place else None,
        old_line=place.old_line if place else None,
        new_line=place.new_line if place else None,
        created_at=note.created_at,
        updated_at=note.updated_at,
        web_url=f"{read.parent_web_url}#note_{note.gitlab_id}",
    )


def listed_thread(item: ReadItem, thread: Discussion) -> ListedThread:
    return ListedThread(
        gitlab_discussion_id=thread.gitlab_id,
        individual_note=thread.individual_note,
        resolvable=any(note.resolvable for note in thread.notes),
        resolved=_resolved(thread.notes),
        notes=tuple(listed_note(_read(item, thread, note)) for note in thread.notes),
    )


def _resolved(notes: tuple[Note, ...]) -> bool | None:
    states = [bool(note.resolved) for note in notes if note.resolvable]
    return all(states) if states else None


def _read(item: ReadItem, thread: Discussion, note: Note) -> ReadNote:
    return ReadNote(
        note=note,
        discussion_gitlab_id=thread.gitlab_id,
        parent=item.ref,
        parent_title=item.entity.title,
        parent_web_url=item.entity.web_url,
        project_path=item.project_path,
    )
