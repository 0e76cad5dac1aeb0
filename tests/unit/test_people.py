"""Who knows, who works on what, and what needs me."""

from dataclasses import replace

import pytest

from application.people.find_active_threads import ActiveThreadsSince
from application.people.find_experts import ExpertsOn
from application.people.find_overlap import OverlapOn
from application.people.show_my_work import MyWork
from application.people.show_reviews import ReviewsBy
from application.people.show_workload import WorkloadOf
from application.provenance.whereabouts import Asked
from contracts import builders as make
from contracts.provenance_contract import merged, on_file
from domain.attention import AttentionState
from domain.dates import day
from domain.errors import NotFound, Stale
from domain.expertise import ContributionKind, ScoreRules
from domain.refs import ProjectId
from provenance_house import NOW, ProvenanceHouse

DAY, NOON = make.DAY, make.NOON
APP = ProjectId(77)


@pytest.fixture
def house() -> ProvenanceHouse:
    house = ProvenanceHouse()
    house.shelf.project()
    return house


def experts_on(house: ProvenanceHouse, path: str, **fields: object) -> list[str]:
    command = ExpertsOn(asked=Asked(path=path), rules=ScoreRules())
    found = house.experts(replace(command, **fields))  # type: ignore[arg-type]  # the fields of the record, by name
    return [one.username for one in found.experts.experts]


def busy_file(house: ProvenanceHouse) -> None:
    house.shelf.put(
        APP, merged(1, at=NOW - 9 * DAY), make.file_change("old.py"), on_file("old.py", number=1, at=NOW - 9 * DAY)
    )
    house.shelf.put(APP, merged(2, at=NOW - DAY, author=make.CAROL), make.file_change("src/app.py", "old.py"))
    house.shelf.put(APP, merged(3, at=NOW - DAY, author=make.user("dan")), make.file_change("src/other.py"))


@pytest.mark.requirement("who:expert")
def test_experts_are_found_under_every_name_of_the_file(house: ProvenanceHouse) -> None:
    busy_file(house)
    assert experts_on(house, "src/app.py") == ["carol", "alice", "bob", "dan"]
    assert experts_on(house, "src/app.py", limit=1) == ["carol"]


@pytest.mark.requirement("who:explain-score")
def test_the_parts_of_a_score_are_shown_where_asked(house: ProvenanceHouse) -> None:
    busy_file(house)
    command = ExpertsOn(asked=Asked(path="src/app.py"), rules=ScoreRules(), explain=True)
    found = house.experts(command)
    first = found.experts.experts[0]
    assert first.parts is not None
    assert [(part.kind, part.count, part.weight, part.merge_requests) for part in first.parts] == [
        (ContributionKind.AUTHORED, 1, 15, (2,))
    ]
    assert found.experts.resolved_paths == ("old.py", "src/app.py")
    assert (found.experts.merge_requests, found.experts.nearby_merge_requests, found.total) == (2, 1, 4)
    assert house.experts(replace(command, explain=False)).experts.experts[0].parts is None


@pytest.mark.requirement("who:as-of")
def test_a_past_day_has_its_own_experts(house: ProvenanceHouse) -> None:
    busy_file(house)
    assert experts_on(house, "src/app.py", as_of=NOW - 5 * DAY) == ["alice", "bob"]


def test_the_window_can_be_another_one(house: ProvenanceHouse) -> None:
    busy_file(house)
    assert experts_on(house, "src/app.py", since=NOW - 5 * DAY) == ["carol", "dan"]
    house.shelf.put(APP, merged(4, at=NOW - 1_000 * DAY, author=make.user("eve")), make.file_change("src/app.py"))
    assert "eve" not in experts_on(house, "src/app.py")
    assert "eve" in experts_on(house, "src/app.py", since=NOW - 2_000 * DAY)


def test_where_nobody_did_anything_lately_it_is_said_when_somebody_did(house: ProvenanceHouse) -> None:
    long_ago = NOW - 1_000 * DAY
    house.shelf.put(APP, merged(1, at=long_ago), make.file_change("src/app.py"))
    found = house.experts(ExpertsOn(asked=Asked(path="src/app.py"), rules=ScoreRules())).experts
    assert (found.experts, found.since_at) == ((), NOW - 730 * DAY)
    assert f"--as-of {day(long_ago)}" in found.hints[0]
    assert experts_on(house, "src/app.py", as_of=long_ago + DAY) == ["alice"]


def test_where_only_people_who_are_left_out_did_anything_it_is_said(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, merged(1, at=NOW - DAY), make.file_change("src/app.py"))
    rules = ScoreRules(excluded=frozenset({"alice"}))
    assert "left out" in house.experts(ExpertsOn(asked=Asked(path="src/app.py"), rules=rules)).experts.hints[0]


def test_a_folder_has_experts(house: ProvenanceHouse) -> None:
    busy_file(house)
    assert experts_on(house, "src/") == ["carol", "dan"]


def test_a_path_nobody_touched_is_answered_by_the_folder_above(house: ProvenanceHouse) -> None:
    busy_file(house)
    command = ExpertsOn(asked=Asked(path="src/new/deep.py"), rules=ScoreRules())
    found = house.experts(command)
    assert [one.username for one in found.experts.experts] == ["carol", "dan"]
    assert "folder" in found.experts.hints[0]


def test_without_any_merge_request_nobody_is_an_expert(house: ProvenanceHouse) -> None:
    with pytest.raises(NotFound):
        experts_on(house, "src/app.py")


@pytest.mark.requirement("who:workload")
def test_the_workload_is_what_is_open(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, make.issue(1, assignees=(make.BOB,)))
    house.shelf.put(APP, make.issue(2, assignees=(make.BOB,), state="closed"))
    house.shelf.put(APP, make.issue(3, author=make.BOB))
    house.shelf.put(APP, make.merge_request(4, author=make.BOB, assignees=(make.BOB,)))
    house.shelf.put(APP, make.merge_request(5, reviewers=(make.BOB,)))
    found = house.workload(WorkloadOf(username="@BOB", limit=1)).workload
    assert found.username == "bob"
    assert [one.iid for one in found.assigned_issues.items] == [1]
    assert [one.iid for one in found.authored_issues.items] == [3]
    assert [one.iid for one in found.authored_merge_requests.items] == [4]
    assert [one.iid for one in found.assigned_merge_requests.items] == [4]
    assert [one.iid for one in found.reviewing_merge_requests.items] == [5]
    assert found.assigned_issues.total == 1


def test_an_unknown_person_is_told_with_near_names(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, make.issue(1, author=make.user("alice.b")))
    with pytest.raises(NotFound) as caught:
        house.workload(WorkloadOf(username="alice"))
    assert (caught.value.details["near"], caught.value.actions) == (["alice.b"], ("lore who @alice.b",))
    with pytest.raises(NotFound) as caught:
        house.workload(WorkloadOf(username="@"))
    assert caught.value.actions == ("lore sync",)


@pytest.mark.requirement("who:reviews")
def test_reviews_are_what_was_asked_for_and_what_was_said_on_others_work(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, merged(1, at=NOW - 3 * DAY), on_file(number=1, at=NOW - 3 * DAY), make.discussion(2))
    house.shelf.put(APP, merged(2, at=NOW - 2 * DAY, reviewers=(make.BOB,)))
    house.shelf.put(APP, merged(3, author=make.BOB), on_file(number=3, at=NOW - DAY))
    house.shelf.put(APP, make.issue(4), make.discussion(4, make.note(40, created_at=NOW - DAY)))
    found = house.reviews(ReviewsBy(username="bob"))
    assert [(one.merge_request.iid, one.assigned, one.notes, one.diff_notes) for one in found.reviews.reviews] == [
        (2, True, 0, 0),
        (1, False, 2, 1),
    ]
    assert [(one.path, one.diff_notes) for one in found.reviews.folders] == [("src", 1)]
    assert (found.total_spoken_on, found.total_asked) == (1, 1)
    assert house.reviews(ReviewsBy(username="bob", since=NOW - DAY - DAY // 2)).reviews.reviews == ()


@pytest.mark.requirement("who:active")
def test_active_threads_come_with_who_talks(house: ProvenanceHouse) -> None:
    notes = [make.note(number, f"Say {number}", created_at=NOW - DAY + number) for number in (1, 2)]
    house.shelf.put(APP, make.issue(1), make.discussion(1, *notes))
    found = house.active_threads(ActiveThreadsSince())
    assert [(one.gitlab_note_id, one.notes, one.participants, one.excerpt) for one in found.threads] == [
        (1, 2, ("bob",), "Say 1")
    ]
    assert house.active_threads(ActiveThreadsSince(since=NOW)).threads == ()


@pytest.mark.requirement("who:overlap")
def test_overlap_tells_who_works_on_a_path_and_what_is_still_open(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, merged(1, at=NOW - DAY, reviewers=(make.CAROL,)), make.file_change(), on_file(number=1))
    house.shelf.put(APP, make.merge_request(2, author=make.CAROL, created_at=NOW - DAY), make.file_change())
    house.shelf.put(APP, make.merge_request(3, author=make.user("x-bot"), created_at=NOW - DAY), make.file_change())
    house.shelf.put(APP, merged(4, at=NOW - 400 * DAY, author=make.user("old")), make.file_change())
    found = house.overlap(OverlapOn(asked=Asked(path="src/app.py")))
    assert [(one.username, one.authored, one.reviewed, one.open) for one in found.overlap.people] == [
        ("carol", (2,), (1,), (2,)),
        ("alice", (1,), (), ()),
        ("bob", (), (1,), ()),
    ]
    assert found.overlap.open_merge_requests == (3, 2)
    assert [one.username for one in house.overlap(OverlapOn(asked=Asked(path="src/"), limit=1)).overlap.people] == [
        "carol"
    ]
    with pytest.raises(NotFound):
        house.overlap(OverlapOn(asked=Asked(path="no/where")))


def my_items(house: ProvenanceHouse) -> None:
    """Alice's desk: Bob spoke last on #1, she did on !2, !3 waits for her review, #4 mentions her."""
    house.shelf.put(
        APP,
        make.issue(1, assignees=(make.ALICE,), author=make.BOB, created_at=NOW - 3 * DAY),
        make.discussion(1, make.note(10, "Any news?", created_at=NOW - DAY)),
    )
    house.shelf.put(
        APP,
        make.merge_request(2, created_at=NOW - 3 * DAY),
        make.discussion(2, make.note(20, "Done", author=make.ALICE, created_at=NOW - 2 * DAY)),
    )
    asked = make.note(30, "requested review from @alice", system=True, created_at=NOW - DAY)
    house.shelf.put(
        APP,
        make.merge_request(3, author=make.BOB, reviewers=(make.ALICE,), created_at=NOW - 3 * DAY),
        make.discussion(3, asked),
    )
    house.shelf.put(
        APP,
        make.issue(4, author=make.BOB),
        make.discussion(4, make.note(40, "cc @alice", created_at=NOW - DAY // 2)),
    )
    house.shelf.put(APP, make.issue(5, author=make.ALICE))


@pytest.mark.requirement("me:attention")
def test_my_desk_shows_whose_turn_it_is(house: ProvenanceHouse) -> None:
    my_items(house)
    desk = house.my_work(MyWork(username="alice")).desk
    assert [(one.item.iid, one.attention) for one in desk.issues.items] == [(1, AttentionState.NEEDS_ATTENTION)]
    assert [(one.item.iid, one.attention) for one in desk.merge_requests.items] == [
        (2, AttentionState.AWAITING_RESPONSE)
    ]
    assert [(one.item.iid, one.attention, one.last_by) for one in desk.reviews.items] == [
        (3, AttentionState.NEEDS_ATTENTION, "bob")
    ]


@pytest.mark.requirement("me:mentions")
def test_my_desk_shows_mentions_and_what_others_said(house: ProvenanceHouse) -> None:
    my_items(house)
    desk = house.my_work(MyWork(username="alice")).desk
    assert [(one.note.parent_iid, one.note.gitlab_note_id) for one in desk.mentions] == [(4, 40)]
    assert [one.note.gitlab_note_id for one in desk.activity] == [10]


@pytest.mark.requirement("me:since-last-look")
def test_what_is_new_counts_from_the_last_look_that_was_shown(house: ProvenanceHouse) -> None:
    my_items(house)
    first = house.my_work(MyWork(username="alice"))
    assert (first.desk.looked_at, first.desk.new, first.seen_until) == (None, 0, NOW - DAY // 2)
    assert house.my_work(MyWork(username="alice")).desk.looked_at is None

    house.looked_at.move("alice", NOW - DAY - 1)
    again = house.my_work(MyWork(username="alice"))
    assert (again.desk.looked_at, again.desk.new) == (NOW - DAY - 1, 2)
    assert [one.new_notes for one in again.desk.issues.items] == [1]
    assert [one.new for one in again.desk.mentions] == [True]

    house.looked_at.move("Alice", again.seen_until or 0)
    assert house.my_work(MyWork(username="alice")).desk.new == 0
    house.looked_at.move("alice", 5)
    assert house.looked_at.get("ALICE") == NOW - DAY // 2
    house.looked_at.reset("alice")
    assert house.looked_at.get("alice") is None
    house.looked_at.reset("alice")


@pytest.mark.parametrize("content", ["no json", "[1]", '{"alice": "soon"}'])
def test_a_damaged_cursor_counts_as_never(house: ProvenanceHouse, content: str) -> None:
    house.files.write("looked-at.json", content)
    assert house.looked_at.get("alice") is None
    house.looked_at.move("alice", 7)
    assert house.looked_at.get("alice") == 7


def test_drafts_wait_at_the_end(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, make.merge_request(1, draft=True, created_at=NOW - DAY))
    house.shelf.put(APP, make.merge_request(2, created_at=NOW - 2 * DAY))
    desk = house.my_work(MyWork(username="alice", limit=1)).desk
    assert [(one.item.iid, one.attention) for one in desk.merge_requests.items] == [(2, AttentionState.NOT_STARTED)]
    assert desk.merge_requests.total == 2


def test_items_beyond_those_looked_into_are_counted(house: ProvenanceHouse) -> None:
    for iid in range(1, 104):
        house.shelf.put(APP, make.merge_request(iid, created_at=NOW - DAY))
    merge_requests = house.my_work(MyWork(username="alice", limit=5)).desk.merge_requests
    assert (len(merge_requests.items), merge_requests.total) == (5, 103)


def test_an_empty_desk_has_seen_nothing(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, make.issue(1, author=make.BOB))
    assert house.my_work(MyWork(username="bob")).seen_until is None


def test_named_projects_only_are_looked_at(house: ProvenanceHouse) -> None:
    house.shelf.project(78, "group/lib")
    my_items(house)
    assert house.my_work(MyWork(username="alice", projects=("lib",))).desk.issues.items == ()
    with pytest.raises(NotFound):
        house.my_work(MyWork(username="alice", projects=("nothing",)))
    with pytest.raises(Stale):
        house.workload(WorkloadOf(username="alice", require_fresh_ms=1))
