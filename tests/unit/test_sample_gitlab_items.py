"""What hangs on the issues and merge requests of the sample GitLab: threads, events, links, diffs, statuses."""

import json
from typing import Any

import pytest

from adapters.sample_gitlab.asking import Asking
from adapters.sample_gitlab.messages import Request
from adapters.sample_gitlab.model import Issue, MergeRequest, Project, Token
from adapters.sample_gitlab.profile import COMMUNITY, GITLAB_16_11, LATEST, Profile
from adapters.sample_gitlab.routes import Api
from adapters.sample_gitlab.rows import Row
from adapters.sample_gitlab.settings import Settings
from adapters.sample_gitlab.world import World

TOKEN = "good"
ISSUE, MR = "/projects/1/issues/1", "/projects/1/merge_requests/1"
DIFF: Row = {"old_path": "a.py", "new_path": "b.py", "diff": "@@ -1 +1 @@\n-a\n+b\n", "x_truncated": True}
STATUS = """
query($p: ID!, $iids: [String!], $first: Int = 100) {
  project(fullPath: $p) { workItems(iids: $iids, first: $first) { nodes {
    iid id widgets(onlyTypes: [STATUS]) { type ... on WorkItemWidgetStatus { status { name category } } } } } } }
"""


@pytest.fixture
def world() -> World:
    world = World()
    world.now_ms = 1_750_000_000_000
    for name in ("alice", "bo", "chidi"):
        world.add_user(name, name.title())
    world.add_token(Token(text="good", username="alice"))
    return world


@pytest.fixture
def press(world: World) -> Project:
    return world.add_project("orchard/press", visibility="public")


@pytest.fixture
def issue(world: World, press: Project) -> Issue:
    return world.create_issue(press, "Double labels", author="bo", assignees=["chidi"])


@pytest.fixture
def mr(world: World, press: Project, issue: Issue) -> MergeRequest:
    commit: Row = {"id": "c" * 40, "message": "Leases", "author_name": "Bo", "authored_date": world.now}
    return world.create_mr(
        press,
        "Leases",
        author="alice",
        source_branch="b",
        closes=[issue],
        reviewers=["bo"],
        diffs=[DIFF],
        commits=[commit],
    )


@pytest.fixture
def asked(world: World, press: Project) -> Asking:
    assert press.id == 1
    return Asking(Api(world, Settings(), "http://here"), "good")


def ids(rows: list[Row]) -> list[Any]:
    return [row["id"] for row in rows]


def test_notes_come_newest_first_unless_asked_otherwise(world: World, issue: Issue, asked: Asking) -> None:
    notes = [world.add_note(issue, text, author="bo") for text in "abc"]
    world.advance(5)
    world.edit_note(issue, notes[0], "A")
    assert [row["body"] for row in asked.json(f"{ISSUE}/notes")] == ["c", "b", "A"]
    assert [row["body"] for row in asked.json(f"{ISSUE}/notes?sort=asc")] == ["A", "b", "c"]
    assert [row["body"] for row in asked.json(f"{ISSUE}/notes?order_by=updated_at")] == ["A", "c", "b"]
    assert asked.response(f"{ISSUE}/notes?order_by=body").status == 400


def test_notes_can_be_had_without_the_system_or_with_it_alone(world: World, issue: Issue, asked: Asking) -> None:
    world.add_note(issue, "A word", author="bo")
    world.set_assignees(issue, [], by="bo")
    assert [row["body"] for row in asked.json(f"{ISSUE}/notes?activity_filter=only_comments")] == ["A word"]
    assert [row["body"] for row in asked.json(f"{ISSUE}/notes?activity_filter=only_activity")] == ["removed assignee"]


def test_a_hidden_note_makes_its_page_shorter_and_not_the_list(world: World, issue: Issue, asked: Asking) -> None:
    notes = [world.add_note(issue, str(number), author="bo") for number in range(6)]
    for note in notes[:3]:
        world.hide_note(note)
    response = asked.response(f"{ISSUE}/discussions?per_page=3")
    assert json.loads(response.body) == []
    assert dict(response.headers)["X-Next-Page"] == "2"
    assert len(list(asked.every(f"{ISSUE}/discussions"))) == 3
    assert [row["body"] for row in asked.every(f"{ISSUE}/notes?sort=asc")] == ["3", "4", "5"]
    assert asked.response(f"{ISSUE}/notes/{notes[0].row['id']}").status == 404


def test_a_thread_and_its_notes_can_be_had_alone(world: World, issue: Issue, asked: Asking) -> None:
    note = world.add_note(issue, "Why?", author="bo", threaded=True)
    thread = world.discussion_of(issue, note)
    path = f"{ISSUE}/discussions/{thread.id}"
    assert asked.json(path)["notes"][0]["body"] == "Why?"
    assert asked.json(f"{path}/notes/{note.row['id']}") == asked.json(f"{ISSUE}/notes/{note.row['id']}")
    assert asked.response(f"{path}/notes/99").status == 404
    for missing in (f"{ISSUE}/discussions/abc", f"{ISSUE}/discussions/abc/notes/1"):
        assert json.loads(asked.response(missing).body) == {"message": "404 Discussion Not Found"}


def test_a_thread_of_hidden_notes_is_not_found(world: World, issue: Issue, asked: Asking) -> None:
    note = world.add_note(issue, "Internal", author="bo", internal=True)
    world.hide_note(note)
    assert asked.response(f"{ISSUE}/discussions/{world.discussion_of(issue, note).id}").status == 404


def test_events_are_listed_and_had_alone(world: World, press: Project, issue: Issue, asked: Asking) -> None:
    world.close(issue, by="bo")
    world.add_label(issue, "bug", by="bo")
    world.set_milestone(issue, world.define_milestone(press, "1.0"), by="bo")
    for kind in ("state", "label", "milestone"):
        (event,) = asked.json(f"{ISSUE}/resource_{kind}_events")
        assert asked.json(f"{ISSUE}/resource_{kind}_events/{event['id']}") == event
        assert asked.response(f"{ISSUE}/resource_{kind}_events/999").status == 404


def test_links_are_seen_from_both_ends_and_never_paged(
    world: World, press: Project, issue: Issue, asked: Asking
) -> None:
    others = [world.create_issue(press, f"Issue {number}", author="bo") for number in range(120)]
    for other in others:
        world.link_issues(issue, other, by="bo", kind="blocks")
    world.set_readable(others[0], readable=False)
    response = asked.response(f"{ISSUE}/links")
    rows = json.loads(response.body)
    assert {row["link_type"] for row in rows} == {"blocks"}
    assert len(rows) == 119
    assert "X-Page" not in dict(response.headers)
    (back,) = asked.json("/projects/1/issues/3/links")
    assert (back["iid"], back["link_type"]) == (1, "is_blocked_by")


def test_closing_is_seen_from_both_sides(world: World, issue: Issue, mr: MergeRequest, asked: Asking) -> None:
    world.mention(mr, issue, by="alice")
    other = world.create_issue(issue.project, "Only mentioned", author="bo")
    world.mention(mr, other, by="alice")
    assert ids(asked.json(f"{MR}/closes_issues")) == [issue.id]
    assert "references" not in asked.json(f"{MR}/closes_issues")[0]
    assert ids(asked.json(f"{MR}/related_issues")) == [issue.id, other.id]
    assert ids(asked.json(f"{ISSUE}/closed_by")) == [mr.id]
    assert ids(asked.json(f"{ISSUE}/related_merge_requests")) == [mr.id]
    assert ids(asked.json("/projects/1/issues/2/related_merge_requests")) == [mr.id]


def test_a_merge_request_to_another_branch_closes_nothing(mr: MergeRequest, asked: Asking) -> None:
    mr.row["target_branch"] = "release-1"
    assert asked.json(f"{MR}/closes_issues") == []


def test_what_a_merge_request_closes_elsewhere_is_shown_only_to_those_who_may_see_it(
    world: World, mr: MergeRequest, asked: Asking
) -> None:
    docs = world.add_project("orchard/docs")
    chapter = world.create_issue(docs, "Chapter 3", author="bo")
    mr.closes += [(docs.path, chapter.iid), (docs.path, 99), ("orchard/nowhere", 1)]
    assert len(asked.json(f"{MR}/closes_issues")) == 2
    world.forbid(docs)
    assert len(asked.json(f"{MR}/closes_issues")) == 1


def test_diffs_commits_and_versions_belong_together(mr: MergeRequest, asked: Asking) -> None:
    (diff,) = asked.json(f"{MR}/diffs")
    (commit,) = asked.json(f"{MR}/commits")
    (version,) = asked.json(f"{MR}/versions")
    assert diff["renamed_file"] is True
    assert "x_truncated" not in diff
    assert commit["id"] == version["head_commit_sha"] == mr.row["diff_refs"]["head_sha"]
    whole = asked.json(f"{MR}/versions/{version['id']}")
    assert (len(whole["diffs"]), len(whole["commits"])) == (1, 1)
    assert asked.response(f"{MR}/versions/99").status == 404


def test_changes_is_the_merge_request_with_its_diffs(mr: MergeRequest, asked: Asking) -> None:
    found = asked.json(f"{MR}/changes")
    assert [change["new_path"] for change in found["changes"]] == ["b.py"]
    assert (found["iid"], found["overflow"]) == (1, False)
    mr.row["changes_count"] = "1000+"
    assert asked.json(f"{MR}/changes")["overflow"] is True


def test_old_versions_say_nothing_of_collapsed_or_too_large_diffs(world: World, mr: MergeRequest) -> None:
    assert mr.iid == 1
    old = Asking(Api(world, Settings(profile=GITLAB_16_11), "http://here"), "good")
    assert not {"collapsed", "too_large"} & set(old.json(f"{MR}/diffs")[0])


def test_people_of_an_item(world: World, issue: Issue, mr: MergeRequest, asked: Asking) -> None:
    world.add_note(issue, "Me too", author="alice")
    world.approve(mr, by="bo")
    assert [row["username"] for row in asked.json(f"{ISSUE}/participants")] == ["bo", "chidi", "alice"]
    assert [row["username"] for row in asked.json(f"{MR}/participants")] == ["alice", "bo"]
    assert [(row["user"]["username"], row["state"]) for row in asked.json(f"{MR}/reviewers")] == [("bo", "approved")]
    assert asked.json(f"{MR}/approvals")["approved_by"][0]["user"]["username"] == "bo"


def test_labels_milestones_and_emoji(world: World, press: Project, issue: Issue, asked: Asking) -> None:
    world.define_label(press, "bug")
    world.define_milestone(press, "1.0")
    note = world.add_note(issue, "!", author="bo")
    world.award(issue, "tada", by="bo")
    assert [row["name"] for row in asked.json("/projects/1/labels")] == ["bug"]
    assert [row["title"] for row in asked.json("/projects/1/milestones")] == ["1.0"]
    assert [row["name"] for row in asked.json(f"{ISSUE}/award_emoji")] == ["tada"]
    assert asked.json(f"{ISSUE}/notes/{note.row['id']}/award_emoji") == []


def graphql(world: World, query: str, profile: Profile = LATEST, token: str | None = TOKEN, **variables: object) -> Any:
    return Asking(Api(world, Settings(profile=profile), "http://here"), token).graphql(query, **variables)


def test_statuses_come_over_graphql(world: World, press: Project, issue: Issue) -> None:
    closed = world.create_issue(press, "Done", author="bo")
    world.close(closed, by="bo")
    world.set_status(issue, "In progress", "in_progress", by="bo")
    nodes = graphql(world, STATUS, p="orchard/press", iids=["1", "2"])["data"]["project"]["workItems"]["nodes"]
    found = {node["iid"]: node["widgets"][0]["status"] for node in nodes}
    assert found == {
        "1": {"name": "In progress", "category": "in_progress"},
        "2": {"name": "Done", "category": "done"},
    }
    assert {node["id"] for node in nodes} == {f"gid://gitlab/WorkItem/{item.id}" for item in (issue, closed)}


def test_without_a_licence_every_status_is_null(world: World, issue: Issue) -> None:
    answer = graphql(world, STATUS, Profile(licensed=False), p=issue.project.path, iids=["1"])
    assert answer["data"]["project"]["workItems"]["nodes"][0]["widgets"][0]["status"] is None


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (COMMUNITY, "No such type WorkItemWidgetStatus, so it can't be a fragment condition"),
        (GITLAB_16_11, "Selections can't be made on scalars"),
    ],
)
def test_a_gitlab_without_statuses_says_so_as_an_error_of_the_query(
    world: World, issue: Issue, profile: Profile, words: str
) -> None:
    answer = graphql(world, STATUS, profile, p=issue.project.path, iids=["1"])
    assert words in answer["errors"][0]["message"]


def test_work_items_are_paged_and_filtered(world: World, press: Project, issue: Issue) -> None:
    world.advance(100)
    newer = world.create_issue(press, "Newer", author="bo")
    query = """query Named($after: String, $since: Time) { project(fullPath: "orchard/press") {
      id name fullPath
      workItems(first: 1, after: $after, updatedAfter: $since) { count pageInfo { hasNextPage endCursor }
        nodes { number: iid title state updatedAt webUrl
          widgets { type ... on WorkItemWidgetDescription { description } } } } } }"""
    first = graphql(world, query)["data"]["project"]["workItems"]
    assert [node["number"] for node in first["nodes"]] == [str(newer.iid)]
    assert first["pageInfo"] == {"hasNextPage": True, "endCursor": "1"}
    second = graphql(world, query, after="1")["data"]["project"]["workItems"]
    assert [node["title"] for node in second["nodes"]] == [issue.row["title"]]
    since = graphql(world, query, since=newer.row["updated_at"])["data"]["project"]["workItems"]
    assert since["count"] == 1


def test_one_work_item_by_its_id(world: World, issue: Issue) -> None:
    query = "query($id: WorkItemID!) { workItem(id: $id) { iid } currentUser { username } metadata { version } }"
    answer = graphql(world, query, id=f"gid://gitlab/WorkItem/{issue.id}")["data"]
    assert answer["workItem"] == {"iid": "1"}
    assert answer["currentUser"] == {"username": "alice"}
    assert graphql(world, query, id="gid://gitlab/WorkItem/999")["data"]["workItem"] is None


def test_graphql_hides_what_is_private(world: World, press: Project, issue: Issue) -> None:
    query = '{ project(fullPath: "orchard/press") { workItems { nodes { iid } } } }'
    assert graphql(world, query, token=None)["data"]["project"]["workItems"]["nodes"] == [{"iid": str(issue.iid)}]
    press.row["visibility"] = "private"
    assert graphql(world, query, token=None)["data"]["project"] is None
    world.forbid(press)
    assert graphql(world, query)["data"]["project"] is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ nonsense }", "Field 'nonsense' doesn't exist on type 'Query'"),
        ("{ project(", "Unexpected end of document"),
        ("{ project)", "Expected NAME"),
        ("{ ... of Project { id } }", "Expected 'on'"),
        ("{ % }", "Expected a token"),
        ("{ ... on Project { id } ", "Unexpected end of document"),
    ],
)
def test_a_query_that_cannot_be_answered_is_an_error_with_status_200(world: World, query: str, words: str) -> None:
    (found,) = graphql(world, query)["errors"]
    assert words in found["message"]


def test_a_fragment_of_another_type_adds_nothing(world: World) -> None:
    assert graphql(world, "{ ... on Project { id } metadata { version } }")["data"].keys() == {"metadata"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}"])
def test_a_body_that_is_no_query_is_an_error(world: World, body: bytes) -> None:
    response = Api(world, Settings(), "http://here")(
        Request("POST", "/api/graphql", "", {"private-token": "good"}, body)
    )
    assert "errors" in json.loads(response.body)


def test_graphql_refuses_a_bad_token_in_its_own_words(world: World) -> None:
    response = Api(world, Settings(), "http://here")(
        Request("POST", "/api/graphql", "", {"private-token": "bad"}, b"{}")
    )
    assert (response.status, json.loads(response.body)) == (401, {"errors": [{"message": "Invalid token"}]})
