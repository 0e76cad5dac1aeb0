"""The lists of the sample GitLab: offset pages, keyset pages, filters, and the bytes in which they come."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sample_gitlab.asking import Asking
from adapters.sample_gitlab.messages import Response
from adapters.sample_gitlab.model import Project, Token
from adapters.sample_gitlab.profile import GITLAB_18_2
from adapters.sample_gitlab.routes import Api
from adapters.sample_gitlab.settings import Settings
from adapters.sample_gitlab.world import World

START_MS = 1_750_000_000_000
URL = "http://here/gitlab"
BY_UPDATE = "order_by=updated_at&sort=asc"


def world_of(issues: int, *, merge_requests: int = 0, step_s: float = 90) -> World:
    world = World()
    world.now_ms = START_MS
    for name in ("alice", "bo"):
        world.add_user(name, name.title())
    world.add_token(Token(text="good", username="alice"))
    press = world.add_project("orchard/press")
    for number in range(issues):
        world.advance(step_s)
        world.create_issue(press, f"Issue {number}", author="bo", labels=["bug"] if number % 2 else [])
    for number in range(merge_requests):
        world.advance(step_s)
        world.create_mr(press, f"Change {number}", author="alice", source_branch=f"b{number}")
    return world


def asking(world: World, settings: Settings | None = None) -> Asking:
    return Asking(Api(world, settings or Settings(), URL), "good")


def headers(response: Response) -> dict[str, str]:
    return dict(response.headers)


def iids(response: Response) -> list[int]:
    return [row["iid"] for row in json.loads(response.body)]


def next_path(response: Response) -> str | None:
    """The path and query of rel="next", as a client would ask it."""
    found = re.search(r'<([^>]+)>; rel="next"', headers(response).get("Link", ""))
    if found is None:
        return None
    parts = urlsplit(found[1])
    return f"{parts.path.removeprefix('/gitlab/api/v4')}?{parts.query}"


def walked(asked: Asking, path: str | None) -> list[int]:
    found: list[int] = []
    while path is not None:
        response = asked.response(path)
        found += iids(response)
        assert len(found) < 1_000, "the walk does not end"
        path = next_path(response)
    return found


def test_an_offset_page_says_where_it_is() -> None:
    response = asking(world_of(45)).response("/projects/1/issues?per_page=20&page=2")
    told = headers(response)
    assert (told["X-Page"], told["X-Per-Page"], told["X-Prev-Page"], told["X-Next-Page"]) == ("2", "20", "1", "3")
    assert (told["X-Total"], told["X-Total-Pages"]) == ("45", "3")
    assert [found[1] for found in re.finditer(r'rel="(\w+)"', told["Link"])] == ["prev", "next", "first", "last"]


def test_the_last_page_has_an_empty_next_page() -> None:
    told = headers(asking(world_of(3)).response("/projects/1/issues"))
    assert (told["X-Next-Page"], told["X-Prev-Page"]) == ("", "")


def test_an_empty_list_has_one_page() -> None:
    response = asking(world_of(0)).response("/projects/1/issues")
    assert (response.body, headers(response)["X-Total-Pages"]) == (b"[]", "1")


def test_more_than_a_hundred_rows_are_never_given() -> None:
    response = asking(world_of(130)).response("/projects/1/issues?per_page=500")
    assert len(iids(response)) == 100
    assert headers(response)["X-Per-Page"] == "100"
    assert "per_page=500" in headers(response)["Link"]


def test_link_repeats_all_parameters_sorted_and_the_path_as_it_was_sent() -> None:
    response = asking(world_of(3)).response("/projects/orchard%2Fpress/issues?per_page=1&state=all&private_token=good")
    found = next_path(response)
    assert found is not None
    path, _, query = found.partition("?")
    assert path == "/projects/orchard%2Fpress/issues"
    names = [pair.split("=")[0] for pair in query.split("&")]
    assert names == sorted(names)
    assert parse_qs(query)["id"] == ["orchard/press"]
    assert "private_token" in names


def test_link_may_name_another_host_than_the_one_that_was_asked() -> None:
    proxied = Settings(link_base="https://gitlab.internal:8443", root="/gitlab")
    told = headers(asking(world_of(3), proxied).response("/projects/1/issues?per_page=1"))
    assert "<https://gitlab.internal:8443/gitlab/api/v4/projects/1/issues?" in told["Link"]


def test_totals_are_dropped_above_the_limit() -> None:
    asked = asking(world_of(6), Settings(total_limit=5))
    told = headers(asked.response("/projects/1/issues?per_page=2"))
    assert "X-Total" not in told
    assert 'rel="last"' not in told["Link"]
    assert told["X-Next-Page"] == "2"


def test_keyset_pages_have_a_link_only() -> None:
    response = asking(world_of(5)).response(f"/projects/1/issues?pagination=keyset&per_page=2&{BY_UPDATE}")
    assert set(headers(response)) == {"Link", "ETag"}
    assert iids(response) == [1, 2]


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(0, 30),
    per_page=st.integers(1, 9),
    column=st.sampled_from(["created_at", "updated_at", "title", "id"]),
    sort=st.sampled_from(["asc", "desc"]),
    step_s=st.sampled_from([0.0, 0.0004, 90.0]),
)
def test_a_keyset_walk_gives_every_issue_once(count: int, per_page: int, column: str, sort: str, step_s: float) -> None:
    asked = asking(world_of(count, step_s=step_s))
    query = f"pagination=keyset&per_page={per_page}&order_by={column}&sort={sort}"
    found = walked(asked, f"/projects/1/issues?{query}")
    assert sorted(found) == list(range(1, count + 1))
    assert found == walked(asked, f"/projects/1/issues?per_page=100&order_by={column}&sort={sort}")


@settings(max_examples=40, deadline=None)
@given(count=st.integers(0, 30), per_page=st.integers(1, 9))
def test_an_offset_walk_gives_every_merge_request_once(count: int, per_page: int) -> None:
    asked = asking(world_of(0, merge_requests=count))
    found = walked(asked, f"/projects/1/merge_requests?per_page={per_page}&{BY_UPDATE}")
    assert found == list(range(1, count + 1))


def test_keyset_is_ignored_by_older_versions_and_for_merge_requests() -> None:
    world = world_of(3, merge_requests=3)
    old = asking(world, Settings(profile=GITLAB_18_2)).response("/projects/1/issues?pagination=keyset&per_page=2")
    mrs = asking(world).response("/projects/1/merge_requests?pagination=keyset&per_page=2")
    odd = asking(world).response("/projects/1/issues?pagination=keyset&per_page=2&order_by=priority")
    assert all("X-Page" in headers(response) for response in (old, mrs, odd))


def test_a_cursor_that_is_none_is_refused() -> None:
    for cursor in ("%21", "bm8", "e30=", "WzFd"):
        response = asking(world_of(2)).response(f"/projects/1/issues?pagination=keyset&{BY_UPDATE}&cursor={cursor}")
        assert (response.status, json.loads(response.body)) == (400, {"error": "cursor is invalid"})


def test_updated_after_and_before_include_their_ends() -> None:
    world = world_of(4)
    second, third = (world.issue("orchard/press", iid).row["updated_at"] for iid in (2, 3))
    window = f"updated_after={second}&updated_before={third}"
    asked = asking(world)
    assert iids(asked.response(f"/projects/1/issues?{window}&{BY_UPDATE}")) == [2, 3]
    assert iids(asked.response(f"/projects/1/issues?{window}&order_by=created_at&sort=asc")) == [2, 3]


def test_what_lies_below_the_millisecond_is_compared_but_not_shown() -> None:
    world = world_of(1)
    issue = world.issue("orchard/press", 1)
    world.set_updated_at(issue, START_MS, microseconds=700)
    shown = issue.row["updated_at"]
    asked = asking(world)
    assert iids(asked.response(f"/projects/1/issues?updated_after={shown}")) == [1]
    assert iids(asked.response(f"/projects/1/issues?updated_before={shown}&{BY_UPDATE}")) == []


def test_items_of_one_timestamp_are_ordered_by_id_in_the_same_direction() -> None:
    asked = asking(world_of(4, step_s=0))
    assert iids(asked.response(f"/projects/1/issues?{BY_UPDATE}")) == [1, 2, 3, 4]
    assert iids(asked.response("/projects/1/issues?order_by=updated_at&sort=desc")) == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=closed", [2]),
        ("state=opened", [4, 3, 1]),
        ("state=all", [4, 3, 2, 1]),
        ("iids[]=1&iids[]=3", [3, 1]),
        ("iids[]=1,4", [4, 1]),
        ("labels=bug", [4, 2]),
        ("author_username=alice", []),
        ("search=ISSUE%200", [1]),
        ("scope=all", [4, 3, 2, 1]),
        ("scope=created_by_me", []),
        ("scope=assigned_to_me", [3]),
        ("created_after=2025-06-15T15:11:10Z", [4, 3]),
        ("created_before=2025-06-15T15:11:10Z", [3, 2, 1]),
        ("updated_after=2025-06-15T15:11:10%2B00:00", [4, 3, 2]),
    ],
)
def test_lists_are_filtered(query: str, expected: list[int]) -> None:
    world = world_of(4)
    world.set_assignees(world.issue("orchard/press", 3), ["alice"], by="bo")
    world.close(world.issue("orchard/press", 2), by="bo")
    assert iids(asking(world).response(f"/projects/1/issues?{query}")) == expected


@pytest.mark.parametrize(
    "query",
    [
        "state=merged", "scope=mine", "updated_after=yesterday", "page=x", "per_page=", "updated_before=2025-13-01",
        "updated_after=2025-06-15T15:11:10+00:00",
    ],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_refused(query: str) -> None:
    response = asking(world_of(1)).response(f"/projects/1/issues?{query}")
    assert response.status == 400
    assert "error" in json.loads(response.body)


def test_page_zero_is_the_first() -> None:
    assert headers(asking(world_of(1)).response("/projects/1/issues?page=0&per_page=0"))["X-Page"] == "1"


def test_labels_come_with_details_when_asked_for() -> None:
    row = asking(world_of(2)).json("/projects/1/issues/2")
    (detailed, _) = asking(world_of(2)).json("/projects/1/issues?with_labels_details=true")
    assert row["labels"] == ["bug"]
    assert [label["name"] for label in detailed["labels"]] == ["bug"]
    assert detailed["labels"][0]["color"].startswith("#")


def test_a_simple_view_shows_nine_fields() -> None:
    (row,) = asking(world_of(0, merge_requests=1)).json("/projects/1/merge_requests?view=simple")
    assert len(row) == 9


def test_rows_carry_the_address_of_the_server_that_sends_them() -> None:
    row = asking(world_of(1)).json("/projects/1/issues/1")
    assert row["web_url"] == f"{URL}/orchard/press/-/issues/1"
    assert row["_links"]["self"] == f"{URL}/api/v4/projects/1/issues/1"


def test_a_changed_row_is_rendered_anew() -> None:
    world = world_of(1)
    asked = asking(world)
    assert asked.json("/projects/1/issues")[0]["title"] == "Issue 0"
    world.set_title(world.issue("orchard/press", 1), "Another", by="bo")
    assert asked.json("/projects/1/issues")[0]["title"] == "Another"
    assert asked.json("/projects/1/issues/1")["title"] == "Another"


def test_two_servers_of_one_world_do_not_mix_their_answers() -> None:
    world = world_of(1)
    new, old = asking(world), asking(world, Settings(profile=GITLAB_18_2))
    assert "start_date" in new.json("/projects/1/issues/1")
    assert "start_date" not in old.json("/projects/1/issues/1")
    assert "start_date" in new.json("/projects/1/issues/1")


def test_every_row_of_every_page_can_be_asked_for_at_once() -> None:
    asked = asking(world_of(230))
    rows: list[Any] = list(asked.every("/projects/1/issues?state=all"))
    assert len({row["id"] for row in rows}) == 230


def test_rows_move_between_pages_while_they_are_paged() -> None:
    world = world_of(4)
    asked = asking(world)
    first = iids(asked.response(f"/projects/1/issues?per_page=2&{BY_UPDATE}"))
    world.advance(3600)
    world.set_title(world.issue("orchard/press", 1), "Moved to the end", by="bo")
    second = iids(asked.response(f"/projects/1/issues?per_page=2&page=2&{BY_UPDATE}"))
    assert (first, second) == ([1, 2], [4, 1])


def test_a_project_that_is_read_late_is_read_once() -> None:
    read: list[int] = []
    world = world_of(0)
    world.take_project(Project(world.project(1).row | {"id": 2}, load=lambda project: read.append(project.id)))
    asked = asking(world)
    assert asked.json("/projects/2/issues") == asked.json("/projects/2/merge_requests") == []
    assert read == [2]
