"""The GitLab in memory changes in time as GitLab does (FACTS.md section e)."""

from collections.abc import Callable

import pytest

from adapters.memory.clock import START, MemoryClock
from adapters.memory.gitlab import MemoryGitLab
from adapters.memory.server.model import ServerItem, ServerProject
from contracts import builders
from domain.entities import (
    ClosesIssue,
    Issue,
    IssueLink,
    LabelEvent,
    MergeRequest,
    MilestoneEvent,
    StateEvent,
)
from domain.errors import (
    GitLabNotFound,
)
from domain.refs import DependentKind

MINUTE = 60_000

Change = Callable[[MemoryGitLab, ServerItem], object]


@pytest.fixture
def clock() -> MemoryClock:
    return MemoryClock()


@pytest.fixture
def gitlab(clock: MemoryClock) -> MemoryGitLab:
    return MemoryGitLab(clock)


@pytest.fixture
def project(gitlab: MemoryGitLab) -> ServerProject:
    return gitlab.create_project("group/app")


@pytest.fixture
def issue(gitlab: MemoryGitLab, project: ServerProject) -> ServerItem:
    return gitlab.create_issue(project, "An issue")


def as_issue(item: ServerItem) -> Issue:
    assert isinstance(item.entity, Issue)
    return item.entity


def as_mr(item: ServerItem) -> MergeRequest:
    assert isinstance(item.entity, MergeRequest)
    return item.entity


SAVING: dict[str, Change] = {
    "title": lambda gitlab, item: gitlab.set_title(item, "Another title"),
    "description": lambda gitlab, item: gitlab.set_description(item, "Other words"),
    "close": lambda gitlab, item: gitlab.close(item),
    "reopen": lambda gitlab, item: gitlab.reopen(item),
    "milestone": lambda gitlab, item: gitlab.set_milestone(item, "v1"),
    "hide": lambda gitlab, item: gitlab.hide(item),
    "show": lambda gitlab, item: gitlab.show(item),
    "move": lambda gitlab, item: gitlab.move(item, gitlab.create_project("group/other")),
}
TOUCHING: dict[str, Change] = {
    "comment": lambda gitlab, item: gitlab.comment(item, "A word"),
    "label": lambda gitlab, item: gitlab.label(item, "bug"),
    "unlabel": lambda gitlab, item: gitlab.unlabel(item, "old"),
    "assign": lambda gitlab, item: gitlab.assign(item, "bob"),
    "link": lambda gitlab, item: gitlab.link(item, gitlab.create_issue(item.project)),
    "linked to": lambda gitlab, item: gitlab.link(gitlab.create_issue(item.project), item),
}
SILENT: dict[str, Change] = {
    "mention": lambda gitlab, item: gitlab.mention(item, gitlab.create_issue(item.project)),
    "upvotes": lambda gitlab, item: gitlab.change(item, upvotes=1),
}


@pytest.mark.parametrize("change", SAVING.values(), ids=SAVING)
def test_saving_the_item_always_moves_its_time(
    gitlab: MemoryGitLab, clock: MemoryClock, issue: ServerItem, change: Change
) -> None:
    clock.advance(1)
    change(gitlab, issue)
    assert issue.entity.updated_at == START + 1


@pytest.mark.parametrize("change", TOUCHING.values(), ids=TOUCHING)
def test_touching_it_moves_nothing_within_a_minute_of_the_last_time(
    gitlab: MemoryGitLab, clock: MemoryClock, issue: ServerItem, change: Change
) -> None:
    clock.advance(MINUTE)
    change(gitlab, issue)
    assert issue.entity.updated_at == START


@pytest.mark.parametrize("change", TOUCHING.values(), ids=TOUCHING)
def test_touching_it_later_moves_its_time(
    gitlab: MemoryGitLab, clock: MemoryClock, issue: ServerItem, change: Change
) -> None:
    clock.advance(MINUTE + 1)
    change(gitlab, issue)
    assert issue.entity.updated_at == START + MINUTE + 1


@pytest.mark.parametrize("change", SILENT.values(), ids=SILENT)
def test_some_changes_move_nothing_ever(
    gitlab: MemoryGitLab, clock: MemoryClock, issue: ServerItem, change: Change
) -> None:
    clock.advance(10 * MINUTE)
    before = issue.entity.updated_at
    change(gitlab, issue)
    assert issue.entity.updated_at == before


def test_a_deleted_note_moves_nothing_and_an_edited_one_touches(
    gitlab: MemoryGitLab, clock: MemoryClock, issue: ServerItem
) -> None:
    kept = gitlab.comment(issue, "Stays")
    gone = gitlab.comment(issue, "Goes")
    clock.advance(2 * MINUTE)
    gitlab.delete_note(issue, gone.gitlab_id)
    assert issue.entity.updated_at == START
    assert (issue.entity.user_notes_count, len(issue.discussions)) == (1, 1)
    gitlab.edit_note(issue, kept.gitlab_id, "Stays, edited")
    assert issue.entity.updated_at == START + 2 * MINUTE
    (note,) = issue.discussions[0].notes
    assert (note.body, note.created_at, note.updated_at) == ("Stays, edited", START, START + 2 * MINUTE)


def test_a_thread_takes_replies_and_ends_with_its_last_note(gitlab: MemoryGitLab, issue: ServerItem) -> None:
    first = gitlab.comment(issue, "Shall we?", threaded=True)
    thread = gitlab.thread_of(issue, first.gitlab_id)
    reply = gitlab.comment(issue, "We shall", author="bob", reply_to=thread.gitlab_id)
    assert [note.body for note in issue.discussions[0].notes] == ["Shall we?", "We shall"]
    gitlab.delete_note(issue, first.gitlab_id)
    assert [note.body for note in issue.discussions[0].notes] == ["We shall"]
    gitlab.delete_note(issue, reply.gitlab_id)
    assert issue.discussions == ()


def test_a_note_or_thread_that_is_not_there_is_not_found(gitlab: MemoryGitLab, issue: ServerItem) -> None:
    with pytest.raises(GitLabNotFound):
        gitlab.delete_note(issue, 4711)
    with pytest.raises(GitLabNotFound):
        gitlab.comment(issue, "To whom?", reply_to="0" * 40)


def test_resolving_marks_the_whole_thread(gitlab: MemoryGitLab, project: ServerProject) -> None:
    change = gitlab.create_merge_request(project)
    note = gitlab.comment(change, "Why?", position=builders.position())
    gitlab.comment(change, "Because", reply_to=gitlab.thread_of(change, note.gitlab_id).gitlab_id)
    gitlab.resolve(change, note.gitlab_id, by="bob")
    assert [note.resolved for note in change.discussions[0].notes] == [True, True]


def test_deleting_a_system_note_leaves_the_count_of_comments(gitlab: MemoryGitLab, issue: ServerItem) -> None:
    gitlab.comment(issue, "A word")
    note = gitlab.system_note(issue, "changed the description")
    gitlab.delete_note(issue, note.gitlab_id)
    assert issue.entity.user_notes_count == 1


def test_closing_and_reopening_make_events_and_no_notes(
    gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem
) -> None:
    change = gitlab.create_merge_request(project)
    gitlab.close(issue, by="bob", via=change)
    assert (as_issue(issue).state, as_issue(issue).closed_by) == ("closed", gitlab.user("bob"))
    gitlab.reopen(issue)
    assert as_issue(issue).closed_at is None
    events = [event for event in issue.records(DependentKind.STATE_EVENTS) if isinstance(event, StateEvent)]
    assert [(event.state, event.source_merge_request_gitlab_id) for event in events] == [
        ("closed", change.entity.gitlab_id),
        ("reopened", None),
    ]
    assert issue.discussions == ()


def test_a_merge_closes_what_it_closes(gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem) -> None:
    change = gitlab.create_merge_request(project, closes=[issue])
    change.sets[DependentKind.CLOSES_ISSUES].append(
        ClosesIssue(target_project_path=None, target_iid=None, external_id="PROJ-1")
    )
    gitlab.merge(change, by="bob")
    assert (as_mr(change).state, as_mr(change).merge_user) == ("merged", gitlab.user("bob"))
    assert issue.entity.state == "closed"


def test_labels_and_milestones_leave_events(gitlab: MemoryGitLab, issue: ServerItem) -> None:
    gitlab.label(issue, "ui", "bug")
    gitlab.unlabel(issue, "ui", "never")
    gitlab.set_milestone(issue, "v1")
    gitlab.set_milestone(issue, None)
    assert issue.entity.labels == ("bug",)
    assert issue.entity.milestone is None
    labels = [event for event in issue.records(DependentKind.LABEL_EVENTS) if isinstance(event, LabelEvent)]
    assert [(event.action, event.label) for event in labels] == [("add", "bug"), ("add", "ui"), ("remove", "ui")]
    steps = [event for event in issue.records(DependentKind.MILESTONE_EVENTS) if isinstance(event, MilestoneEvent)]
    assert [(event.action, event.milestone) for event in steps] == [("add", "v1"), ("remove", "v1")]


def test_two_items_share_a_milestone(gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem) -> None:
    other = gitlab.create_issue(project)
    gitlab.set_milestone(issue, "v1")
    gitlab.set_milestone(other, "v1")
    assert issue.entity.milestone == other.entity.milestone


def test_an_item_is_born_with_the_events_of_its_labels(gitlab: MemoryGitLab, project: ServerProject) -> None:
    issue = gitlab.create_issue(project, labels=["ui", "bug"])
    assert issue.entity.labels == ("bug", "ui")
    assert len(issue.records(DependentKind.LABEL_EVENTS)) == 2


def test_a_link_is_seen_from_both_ends_and_goes_with_either(gitlab: MemoryGitLab, project: ServerProject) -> None:
    blocker, blocked = gitlab.create_issue(project), gitlab.create_issue(project)
    gitlab.create_merge_request(project)
    gitlab.link(blocker, blocked, link_type="blocks")
    (there,), (here,) = (item.records(DependentKind.ISSUE_LINKS) for item in (blocker, blocked))
    assert isinstance(there, IssueLink)
    assert isinstance(here, IssueLink)
    assert (there.link_type, there.target_iid) == ("blocks", blocked.iid)
    assert (here.link_type, here.target_iid) == ("is_blocked_by", blocker.iid)
    gitlab.delete(blocker)
    assert blocked.records(DependentKind.ISSUE_LINKS) == ()


def test_a_push_replaces_the_diff(gitlab: MemoryGitLab, project: ServerProject) -> None:
    change = gitlab.create_merge_request(project, "Draft: A change", diffs=[builders.file_change("a.py")])
    assert as_mr(change).draft
    gitlab.set_title(change, "A change")
    gitlab.push(change, [builders.file_change("b.py")], [builders.commit(3)])
    assert not as_mr(change).draft
    assert change.records(DependentKind.DIFFS) == (builders.file_change("b.py"),)
    assert as_mr(change).sha == builders.sha(3)


def test_a_moved_issue_is_closed_here_and_new_there(gitlab: MemoryGitLab, issue: ServerItem) -> None:
    first = gitlab.comment(issue, "One", threaded=True)
    gitlab.comment(issue, "Two", author="bob", reply_to=gitlab.thread_of(issue, first.gitlab_id).gitlab_id)
    gitlab.system_note(issue, "changed the description")
    moved = gitlab.move(issue, gitlab.create_project("group/other"))
    assert as_issue(issue).moved_to_gitlab_id == moved.entity.gitlab_id
    assert issue.entity.state == "closed"
    assert moved.entity.gitlab_id != issue.entity.gitlab_id
    said = [[note.body for note in thread.notes] for thread in moved.discussions]
    assert said == [["One", "Two"], ["moved from group/app#1"]]


def test_a_mention_from_elsewhere_bears_the_project(gitlab: MemoryGitLab, issue: ServerItem) -> None:
    far = gitlab.create_merge_request(gitlab.create_project("group/other"))
    note = gitlab.mention(issue, far)
    assert (note.body, note.system) == ("mentioned in merge request group/other!1", True)
