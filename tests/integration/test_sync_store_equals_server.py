"""The store equals the server, to the last note, event, diff, label and link: over HTTP, into SQLite."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.messages import Request
from adapters.sample_gitlab.model import MergeRequest
from adapters.sample_gitlab.rows import sha
from adapters.sample_gitlab.sample_data import sample_world
from adapters.sample_gitlab.world import World
from integration.mirror_pictures import differences, store_picture
from integration.real_house import RealHouse, inhabited

pytestmark = pytest.mark.requirement("sync:store-equals-server")

ME = "alice"
PRESS = "orchard/press"
SMALL = ("orchard/docs", "orchard/tools/labelwriter")
A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Mirrored:
    gitlab: SampleGitLab
    house: RealHouse

    @property
    def world(self) -> World:
        return self.gitlab.world

    def differences(self) -> list[str]:
        return differences(self.gitlab, self.house.database, *self.house.projects)


@pytest.fixture
def mirrored(tmp_path: Path) -> Iterator[Mirrored]:
    with inhabited(tmp_path, sample_world()) as (gitlab, house):
        gitlab.world.advance(A_DAY)
        yield Mirrored(gitlab, house)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Mirrored]:
    """Only the small projects of the sample are configured."""
    with inhabited(tmp_path, sample_world(), *SMALL) as (gitlab, house):
        gitlab.world.advance(A_DAY)
        yield Mirrored(gitlab, house)


def change_everything(mirrored: Mirrored) -> None:
    """One act of every kind that moves `updated_at`, each on an item of its own or long after the last."""
    world = mirrored.world
    press = world.project(PRESS)
    opened = [mr for mr in press.merge_requests.values() if mr.row["state"] == "opened"]
    issues = [issue for issue in press.issues.values() if issue.row["state"] == "opened"]
    closed = next(issue for issue in press.issues.values() if issue.row["state"] == "closed")
    thread = next(
        (item, discussion)
        for item in press.merge_requests.values()
        for discussion in item.discussions
        if discussion.notes[0].row["resolvable"] and not discussion.notes[0].row["resolved"]
    )
    edited = next(item for item in issues if any(not note.row["system"] for note in item.notes))
    acts: list[Callable[[], object]] = [
        lambda: world.set_title(issues[0], "Another title altogether", by=ME),
        lambda: world.set_description(issues[1], "Told anew; see #1 and !2.", by=ME),
        lambda: world.close(issues[2], by=ME),
        lambda: world.reopen(closed, by=ME),
        lambda: world.set_milestone(issues[3], world.define_milestone(press, "v9.9"), by=ME),
        lambda: world.set_milestone(issues[3], None, by=ME),
        lambda: world.add_label(issues[4], "brand new label", by=ME),
        lambda: world.remove_label(issues[4], "brand new label", by=ME),
        lambda: world.add_label(issues[5], "bug", by=ME),
        lambda: world.set_assignees(issues[5], ["bo", "chidi"], by=ME),
        lambda: world.set_assignees(issues[5], [], by=ME),
        lambda: world.add_note(issues[0], "A comment.", author="bo"),
        lambda: world.add_note(issues[0], "A thread.", author="bo", threaded=True),
        lambda: world.add_note(issues[0], "A reply.", author=ME, reply_to=issues[0].discussions[-1]),
        lambda: world.edit_note(edited, next(note for note in edited.notes if not note.row["system"]), "Edited."),
        lambda: world.link_issues(issues[1], issues[2], by=ME, kind="blocks"),
        lambda: world.link_issues(issues[3], world.issue("orchard/docs", 1), by=ME),
        lambda: world.make_confidential(issues[6 % len(issues)], by=ME),
        lambda: world.set_status(issues[0], "In progress", "in_progress", by=ME),
        lambda: world.move_issue(issues[4], world.project("orchard/docs"), by=ME),
        lambda: world.resolve(*thread, by=ME),
        lambda: world.set_draft(opened[0], draft=True, by=ME),
        lambda: world.request_review(opened[0], ["daria"], by=ME),
        lambda: world.approve(opened[0], by="daria"),
        lambda: push(world, opened[0]),
        lambda: world.add_note(opened[0], "On this line.", author="bo", position=position(opened[0])),
        lambda: world.merge_mr(opened[1], by=ME),
        lambda: world.close(opened[0], by=ME),
        lambda: world.create_issue(press, "New here", author="bo", labels=["bug"], description="Since #1."),
        lambda: world.create_mr(press, "New too", author="bo", source_branch="new", closes=[issues[1]]),
    ]
    for act in acts:
        world.advance(300)
        act()
    world.advance(300)


def push(world: World, mr: MergeRequest) -> None:
    diff = {"old_path": "src/old.py", "new_path": "src/new.py", "diff": "@@ -1 +1 @@\n-a\n+b\n"}
    commit = {"id": sha("pushed"), "message": "Push\n\nmore", "author_name": "Bo", "authored_date": world.now}
    world.push(mr, [diff], [commit], by=ME)


def position(mr: MergeRequest) -> dict[str, object]:
    refs = mr.row["diff_refs"]
    return {**refs, "position_type": "text", "old_path": "src/old.py", "new_path": "src/new.py", "new_line": 1}


def test_after_a_full_sync(mirrored: Mirrored) -> None:
    mirrored.house.sync()
    assert len(store_picture(mirrored.house.database)) > 140
    assert mirrored.differences() == []


def test_after_an_incremental_sync_with_changes_of_every_kind(mirrored: Mirrored) -> None:
    mirrored.house.sync()
    change_everything(mirrored)
    assert len(mirrored.differences()) > 30
    mirrored.house.sync()
    assert mirrored.differences() == []


def test_after_surgical_syncs_of_what_changed(mirrored: Mirrored) -> None:
    mirrored.house.sync()
    change_everything(mirrored)
    stale = {told.partition(" ")[0] for told in mirrored.differences()}
    for path in {item.rpartition("#")[0] or item.rpartition("!")[0] for item in stale}:
        project = mirrored.world.project(path)
        items = [*project.issues.values(), *project.merge_requests.values()]
        mirrored.house.refresh(*(item for item in items if item.reference in stale))
    assert mirrored.differences() == []


def test_a_deleted_note_is_gone_once_its_item_is_bumped(small: Mirrored) -> None:
    small.house.sync()
    issue = next(item for item in small.world.project(SMALL[0]).issues.values() if list(item.notes))
    small.world.delete_note(issue, next(issue.notes))
    small.world.add_note(issue, "Where has it gone?", author="bo")
    small.world.advance(A_DAY)
    small.house.sync()
    assert small.differences() == []


@pytest.mark.requirement("sync:rule-3")
def test_an_edit_within_a_minute_of_another_change_is_not_lost(small: Mirrored) -> None:
    small.house.sync()
    world, issue = small.world, small.world.issue(SMALL[0], 1)
    note = world.add_note(issue, "The first.", author="bo")
    small.house.sync()
    world.advance(10)
    before = issue.updated_us
    world.edit_note(issue, note, "Said better, which moves no timestamp and no count.")
    assert issue.updated_us == before
    world.advance(A_DAY)
    small.house.sync()
    assert small.differences() == []


@pytest.mark.requirement("sync:rule-2")
def test_after_syncs_during_which_the_world_kept_changing(mirrored: Mirrored) -> None:
    world = mirrored.world
    items = [*world.project(PRESS).issues.values(), *world.project(PRESS).merge_requests.values()]
    seen: list[str] = []

    def meddle(request: Request) -> None:
        """Somebody writes between the requests: into old items, into new ones, seconds or minutes apart."""
        seen.append(request.path)
        count = len(seen)
        if count % 5 or count > 500:
            return
        with world.lock:
            world.advance((1, 30, 200)[count % 3])
            item = items[(count * 7) % len(items)]
            world.add_note(item, f"Meanwhile {count}", author="bo")
            if count % 15 == 0:
                world.set_title(items[(count * 11) % len(items)], f"Renamed {count}", by=ME)
                world.add_label(items[(count * 3) % len(items)], f"label {count % 4}", by="bo")
            if count % 50 == 0:
                items.append(world.create_issue(world.project(PRESS), f"Meanwhile {count}", author="bo"))

    mirrored.gitlab.on_request(meddle)
    mirrored.house.sync()
    mirrored.house.sync()
    mirrored.house.refresh(*items[:3], *items[-3:])
    mirrored.gitlab.forget_hooks()
    assert len(seen) > 500
    world.advance(A_DAY)
    mirrored.house.sync()
    assert mirrored.differences() == []


@pytest.mark.requirement("sync:idle")
def test_an_idle_sync_makes_two_list_requests_a_project(small: Mirrored) -> None:
    small.house.sync()
    small.gitlab.requests.clear()
    report = small.house.sync()
    lists = small.gitlab.requests.count(r"/(issues|merge_requests)\?")
    assert lists == 2 * len(small.house.projects)
    assert small.gitlab.requests.count() == 3 * len(small.house.projects)
    assert report.run.counters.dependents_fetched == 0
    assert small.differences() == []


@pytest.mark.requirement("sync:rule-15")
def test_a_full_resync_changes_nothing_and_loses_nothing(small: Mirrored) -> None:
    small.house.sync()
    before = store_picture(small.house.database)
    report = small.house.sync(full=True)
    assert report.run.counters.created == 0
    assert report.run.counters.documents_written == 0
    assert store_picture(small.house.database) == before
