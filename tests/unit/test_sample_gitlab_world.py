"""What moves `updated_at` in the sample GitLab and what does not, and what each act leaves behind."""

from collections.abc import Callable

import pytest

from adapters.sample_gitlab.model import Issue, MergeRequest, Project, Token
from adapters.sample_gitlab.rows import Row
from adapters.sample_gitlab.world import World
from domain.errors import NotFound

START_MS = 1_750_000_000_000
MINUTE_MS = 60_000


@pytest.fixture
def world() -> World:
    world = World()
    world.now_ms = START_MS
    world.add_user("alice", "Alice")
    world.add_user("bo", "Bo")
    world.add_token(Token(text="good", username="alice"))
    return world


@pytest.fixture
def press(world: World) -> Project:
    return world.add_project("orchard/press")


@pytest.fixture
def issue(world: World, press: Project) -> Issue:
    return world.create_issue(press, "Double labels", author="bo", labels=["bug"])


@pytest.fixture
def mr(world: World, press: Project, issue: Issue) -> MergeRequest:
    return world.create_mr(press, "Leases", author="alice", source_branch="leases", closes=[issue])


def moved_by(row: Row, act: Callable[[], object]) -> bool:
    before = row["updated_at"]
    act()
    return bool(row["updated_at"] != before)


def bodies(item: Issue | MergeRequest) -> list[str]:
    return [note.row["body"] for note in item.notes]


def test_a_note_within_a_minute_of_the_last_bump_moves_no_timestamp(world: World, issue: Issue) -> None:
    world.advance(60)
    assert not moved_by(issue.row, lambda: world.add_note(issue, "Seen again.", author="alice"))


def test_a_note_more_than_a_minute_after_the_last_bump_touches_its_issue(world: World, issue: Issue) -> None:
    world.advance(60.001)
    assert moved_by(issue.row, lambda: world.add_note(issue, "Seen again.", author="alice"))


@pytest.mark.parametrize("seconds", [1, 59, 61])
def test_a_saved_attribute_always_moves_the_timestamp(world: World, issue: Issue, seconds: float) -> None:
    world.advance(seconds)
    assert moved_by(issue.row, lambda: world.set_title(issue, "Twice", by="bo"))
    assert issue.row["updated_at"] == world.now


@pytest.mark.parametrize("seconds", [10, 61])
def test_labels_assignees_and_resolved_threads_touch_by_the_same_rule(
    world: World, issue: Issue, mr: MergeRequest, seconds: float
) -> None:
    note = world.add_note(mr, "Why?", author="bo", threaded=True)
    thread = world.discussion_of(mr, note)
    acts: list[tuple[Issue | MergeRequest, Callable[[], object]]] = [
        (issue, lambda: world.add_label(issue, "queue", by="bo")),
        (issue, lambda: world.remove_label(issue, "queue", by="bo")),
        (issue, lambda: world.set_assignees(issue, ["alice"], by="bo")),
        (mr, lambda: world.request_review(mr, ["bo"], by="alice")),
        (mr, lambda: world.approve(mr, by="bo")),
        (mr, lambda: world.resolve(mr, thread, by="alice")),
        (mr, lambda: world.edit_note(mr, note, "Why so?")),
    ]
    for item, act in acts:
        world.set_updated_at(item, world.now_ms)
        world.advance(seconds)
        assert moved_by(item.row, act) is (seconds > 60)


def test_a_deleted_note_moves_nothing_and_takes_its_empty_thread_along(world: World, issue: Issue) -> None:
    note = world.add_note(issue, "Never mind", author="bo")
    world.advance(600)
    assert not moved_by(issue.row, lambda: world.delete_note(issue, note))
    assert issue.discussions == []
    assert issue.row["user_notes_count"] == 0


def test_a_mention_moves_nothing_on_the_mentioned_side(world: World, issue: Issue, mr: MergeRequest) -> None:
    world.advance(600)
    assert not moved_by(issue.row, lambda: world.mention(mr, issue, by="alice"))
    assert bodies(issue) == ["mentioned in merge request !1"]


def test_a_mention_from_another_project_is_written_at_its_distance(world: World, issue: Issue) -> None:
    near = world.create_issue(world.add_project("orchard/docs"), "Handbook", author="bo")
    far = world.create_issue(world.add_project("other/docs"), "Handbook", author="bo")
    for source in (near, far):
        world.mention(source, issue, by="bo")
    assert bodies(issue) == ["mentioned in issue docs#1", "mentioned in issue other/docs#1"]


def test_the_clock_of_a_bump_may_lie_in_the_past(world: World, issue: Issue) -> None:
    world.set_updated_at(issue, START_MS - MINUTE_MS, microseconds=999)
    assert issue.row["updated_at"] == "2025-06-15T15:05:40.000Z"
    assert issue.updated_us == (START_MS - MINUTE_MS) * 1_000 + 999


def test_closing_makes_a_state_event_and_no_note(world: World, issue: Issue) -> None:
    world.close(issue, by="alice")
    world.reopen(issue, by="bo")
    assert [event["state"] for event in issue.state_events] == ["closed", "reopened"]
    assert bodies(issue) == []
    assert issue.row["closed_at"] is None


def test_a_merge_closes_its_issues_and_says_which_merge_request_it_was(
    world: World, issue: Issue, mr: MergeRequest
) -> None:
    commit = world.merge_mr(mr, by="bo")
    assert mr.row["state"] == "merged"
    assert mr.row["merge_commit_sha"] == commit
    assert issue.row["state"] == "closed"
    assert issue.state_events[0]["source_merge_request_id"] == mr.id


def test_a_merge_into_another_branch_closes_nothing(world: World, press: Project, issue: Issue) -> None:
    mr = world.create_mr(
        press, "Backport", author="bo", source_branch="back", target_branch="release-1", closes=[issue]
    )
    world.merge_mr(mr, by="bo")
    assert issue.row["state"] == "opened"


def test_labels_and_milestones_leave_events(world: World, press: Project, issue: Issue) -> None:
    one, two = world.define_milestone(press, "1.0"), world.define_milestone(press, "1.1")
    world.add_label(issue, "api", by="bo")
    world.remove_label(issue, "bug", by="bo")
    world.set_milestone(issue, one, by="bo")
    world.set_milestone(issue, two, by="bo")
    assert [(event["label"]["name"], event["action"]) for event in issue.label_events] == [
        ("bug", "add"), ("api", "add"), ("bug", "remove"),
    ]  # fmt: skip
    assert [(event["milestone"]["title"], event["action"]) for event in issue.milestone_events] == [
        ("1.0", "add"), ("1.0", "remove"), ("1.1", "add"),
    ]  # fmt: skip
    assert issue.row["labels"] == ["api"]


def test_a_deleted_label_leaves_its_events_without_a_label(world: World, press: Project, issue: Issue) -> None:
    world.delete_label(press, "bug")
    assert issue.label_events[0]["label"] is None
    assert issue.row["labels"] == []


def test_a_renamed_label_changes_rows_but_no_timestamp(world: World, press: Project, issue: Issue) -> None:
    world.advance(600)
    assert not moved_by(issue.row, lambda: world.rename_label(press, "bug", "defect"))
    assert issue.row["labels"] == ["defect"]


def test_a_renamed_user_is_renamed_in_every_row(world: World, issue: Issue) -> None:
    world.rename_user("bo", "bo.lindgren")
    assert issue.row["author"]["username"] == "bo.lindgren"


def test_a_deleted_user_leaves_a_ghost_and_bumps_only_merge_requests(
    world: World, issue: Issue, mr: MergeRequest
) -> None:
    world.close(issue, by="alice")
    world.set_assignees(issue, ["alice", "bo"], by="bo")
    note = world.add_note(issue, "Bye", author="alice")
    world.advance(600)
    assert not moved_by(issue.row, lambda: world.delete_user("alice"))
    assert mr.row["updated_at"] == world.now
    assert (mr.row["author"]["username"], note.row["author"]["name"]) == ("ghost", "Ghost User")
    assert (issue.row["closed_by"], issue.row["assignee"]["username"]) == (None, "bo")


def test_a_moved_issue_is_closed_here_and_new_there(world: World, issue: Issue) -> None:
    docs = world.add_project("orchard/docs")
    world.add_note(issue, "It is a question for the handbook.", author="alice")
    new = world.move_issue(issue, docs, by="alice")
    assert (issue.row["state"], issue.row["moved_to_id"]) == ("closed", new.id)
    assert bodies(issue)[-1] == "moved to docs#1"
    assert bodies(new) == ["It is a question for the handbook.", "moved from press#1"]


def test_a_deleted_item_takes_its_links_along(world: World, press: Project, issue: Issue, mr: MergeRequest) -> None:
    other = world.create_issue(press, "Fence", author="bo")
    world.link_issues(issue, other, by="bo", kind="blocks")
    world.delete(issue)
    world.delete(mr)
    assert other.links == []
    assert list(world.items()) == [other]


def test_a_draft_is_marked_ready_by_its_title(world: World, mr: MergeRequest) -> None:
    world.set_draft(mr, draft=True, by="alice")
    assert (mr.row["title"], mr.row["draft"]) == ("Draft: Leases", True)
    world.set_draft(mr, draft=False, by="alice")
    assert (mr.row["title"], mr.row["draft"]) == ("Leases", False)
    assert bodies(mr)[-1] == "marked this merge request as **ready**"


def test_a_changed_title_decides_whether_it_is_a_draft(world: World, mr: MergeRequest) -> None:
    world.set_title(mr, "Draft: Leases", by="alice")
    assert mr.row["work_in_progress"] is True
    assert bodies(mr) == ["changed title from **{-Leases-}** to **{+Draft: Leases+}**"]


def test_a_push_makes_a_new_version(world: World, mr: MergeRequest) -> None:
    diff: Row = {"old_path": "a.py", "new_path": "a.py", "diff": "@@ -1 +1 @@\n-a\n+b\n"}
    commit: Row = {"id": "c" * 40, "message": "B\n\nWhy", "author_name": "Bo", "authored_date": world.now}
    world.push(mr, [diff], [commit], by="bo")
    assert mr.row["sha"] == "c" * 40
    assert mr.row["changes_count"] == "1"
    assert mr.versions[0]["head_commit_sha"] == "c" * 40
    assert bodies(mr)[0].startswith("added 1 commit\n\n<ul><li>cccccccc - B</li></ul>")


def test_a_reply_makes_a_thread_of_a_plain_comment(world: World, issue: Issue) -> None:
    note = world.add_note(issue, "One", author="bo")
    thread = world.discussion_of(issue, note)
    reply = world.add_note(issue, "Two", author="alice", reply_to=thread)
    assert thread.individual_note is False
    assert [note.row["type"], reply.row["type"]] == ["DiscussionNote", "DiscussionNote"]


def test_a_resolved_thread_says_who_and_when(world: World, mr: MergeRequest) -> None:
    note = world.add_note(mr, "Why?", author="bo", threaded=True)
    world.advance(5)
    world.resolve(mr, world.discussion_of(mr, note), by="alice")
    assert note.row["resolved_by"]["username"] == "alice"
    assert note.row["resolved_at"] == note.row["updated_at"] == world.now


def test_a_new_description_counts_its_checkboxes(world: World, issue: Issue) -> None:
    world.set_description(issue, "- [x] one\n- [ ] two\n", by="bo")
    assert issue.row["task_status"] == "1 of 2 checklist items completed"


def test_awards_are_counted(world: World, issue: Issue) -> None:
    world.award(issue, "thumbsup", by="bo")
    world.award(issue, "tada", by="bo")
    assert (issue.row["upvotes"], len(issue.awards)) == (1, 2)


def test_a_renamed_project_keeps_its_id_and_renames_its_references(world: World, press: Project, issue: Issue) -> None:
    world.rename_project(press, "garden/press")
    assert world.project(press.id).path == "garden/press"
    assert issue.reference == "garden/press#1"
    assert issue.row["web_url"].endswith("/garden/press/-/issues/1")


def test_what_is_not_there_is_said_to_be_missing(world: World, press: Project) -> None:
    asked: list[Callable[[], object]] = [
        lambda: world.project("no/such"),
        lambda: world.user("nobody"),
        lambda: world.issue(press, 99),
        lambda: world.merge_request("orchard/press", 99),
    ]
    for ask in asked:
        with pytest.raises(NotFound):
            ask()


def test_a_standing_clock_moves_only_when_it_is_moved(world: World) -> None:
    world.advance(1.5)
    assert world.now_ms == START_MS + 1_500
    world.clock.run_freely()
    before = world.now_ms
    world.advance(3600)
    assert world.now_ms - before >= 3_600_000


def test_a_token_never_shows_its_text() -> None:
    assert "secret" not in repr(Token(text="secret", username="alice"))
