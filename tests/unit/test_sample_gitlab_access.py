"""Who may see what in the sample GitLab, and in which words it refuses."""

import json
from typing import Any

import pytest

from adapters.sample_gitlab.asking import Asking
from adapters.sample_gitlab.messages import Request, Response
from adapters.sample_gitlab.model import Project, Token
from adapters.sample_gitlab.profile import GITLAB_15_0, GITLAB_16_11, LATEST, Profile
from adapters.sample_gitlab.routes import Api
from adapters.sample_gitlab.settings import Settings
from adapters.sample_gitlab.world import World
from domain.errors import NotFound

TOKEN = "good"
OLD = Settings(profile=GITLAB_15_0)


@pytest.fixture
def world() -> World:
    world = World()
    world.now_ms = 1_750_000_000_000
    world.add_user("alice", "Alice")
    world.add_token(Token(text="good", username="alice"))
    world.add_token(Token(text="reader", username="alice", scopes=("read_user",)))
    world.add_token(Token(text="old", username="alice", expired=True))
    world.add_token(Token(text="gone", username="alice", revoked=True))
    press = world.add_project("orchard/press")
    issue = world.create_issue(press, "One", author="alice")
    world.add_note(issue, "First", author="alice")
    world.create_issue(press, "Secret", author="alice", confidential=True)
    world.create_mr(press, "Change", author="alice", source_branch="b")
    return world


@pytest.fixture
def press(world: World) -> Project:
    return world.project("orchard/press")


def asking(world: World, token: str | None = TOKEN, settings: Settings | None = None) -> Asking:
    return Asking(Api(world, settings or Settings(), "http://here"), token)


def said(response: Response) -> tuple[int, Any]:
    return response.status, json.loads(response.body)


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"private-token": "good"}, ""),
        ({"authorization": "Bearer good"}, ""),
        ({}, "private_token=good"),
        ({}, "access_token=good"),
        ({"job-token": "good"}, ""),
    ],
)
def test_a_token_may_come_in_five_places(world: World, headers: dict[str, str], query: str) -> None:
    response = Api(world, Settings(), "http://here")(Request("GET", "/api/v4/user", query, headers))
    assert json.loads(response.body)["username"] == "alice"


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("wrong", {"message": "401 Unauthorized"}),
        (
            "old",
            {
                "error": "invalid_token",
                "error_description": "Token is expired. You can either do re-authorization or token refresh.",
            },
        ),
        (
            "gone",
            {
                "error": "invalid_token",
                "error_description": "Token was revoked. You have to re-authorize from the user.",
            },
        ),
    ],
)
def test_a_bad_token_is_refused_with_its_reason(world: World, token: str, expected: object) -> None:
    assert said(asking(world, token).response("/user")) == (401, expected)


def test_a_token_can_be_revoked_and_can_expire_in_mid_run(world: World) -> None:
    asked = asking(world)
    assert asked.response("/user").status == 200
    world.expire_token("good")
    assert "WWW-Authenticate" in dict(asked.response("/user").headers)
    world.revoke_token("good")
    assert asked.response("/user").status == 401


def test_a_token_without_the_scope_is_told_which_would_do(world: World) -> None:
    asked = asking(world, "reader")
    status, body = said(asked.response("/projects/1/issues"))
    assert (status, body["error"], body["scope"]) == (403, "insufficient_scope", "api read_api")
    assert asked.response("/user").status == 200
    assert asked.json("/personal_access_tokens/self")["scopes"] == ["read_user"]


@pytest.mark.parametrize(
    "path",
    [
        "/version", "/metadata", "/user", "/personal_access_tokens/self", "/projects/1/issues/1/notes",
        "/projects/1/issues/1/discussions", "/projects/1/issues/1/links", "/projects/1/issues/1/notes/1",
        "/projects/1/issues/1/resource_state_events", "/projects/1/merge_requests/1/versions",
        "/projects/1/issues?scope=created_by_me",
    ],
)  # fmt: skip
def test_some_things_need_a_token_even_in_public_projects(world: World, press: Project, path: str) -> None:
    press.row["visibility"] = "public"
    assert said(asking(world, None).response(path)) == (401, {"message": "401 Unauthorized"})


def test_an_anonymous_visitor_sees_public_projects_without_what_is_confidential(world: World, press: Project) -> None:
    asked = asking(world, None)
    assert said(asked.response("/projects/1")) == (404, {"message": "404 Project Not Found"})
    assert asked.json("/projects") == []
    press.row["visibility"] = "public"
    assert [row["title"] for row in asked.json("/projects/1/issues")] == ["One"]
    assert said(asked.response("/projects/1/issues/2")) == (404, {"message": "404 Not found"})
    assert len(asked.json("/projects/1/merge_requests")) == 1


def test_an_issue_that_may_not_be_read_is_not_found_and_a_merge_request_is_forbidden(world: World) -> None:
    issue, mr = world.issue("orchard/press", 1), world.merge_request("orchard/press", 1)
    world.set_readable(issue, readable=False)
    world.set_readable(mr, readable=False)
    asked = asking(world)
    assert said(asked.response("/projects/1/issues/1")) == (404, {"message": "404 Not found"})
    assert said(asked.response("/projects/1/merge_requests/1")) == (403, {"message": "403 Forbidden"})
    assert [row["iid"] for row in asked.json("/projects/1/issues")] == [2]
    assert asked.json("/projects/1/merge_requests") == []


def test_an_issue_that_became_confidential_vanishes_for_those_who_may_not_read_it(world: World) -> None:
    issue = world.issue("orchard/press", 1)
    world.make_confidential(issue, by="alice")
    assert asking(world).json("/projects/1/issues/1")["confidential"] is True
    world.make_confidential(issue, by="alice", still_readable=False)
    assert asking(world).response("/projects/1/issues/1").status == 404


def test_a_lost_project_is_not_found_and_neither_is_anything_in_it(world: World, press: Project) -> None:
    world.forbid(press)
    asked = asking(world)
    for path in ("/projects/1", "/projects/orchard%2Fpress", "/projects/1/issues", "/projects/1/merge_requests/1"):
        assert said(asked.response(path)) == (404, {"message": "404 Project Not Found"})
    world.allow(press)
    assert asked.response("/projects/1").status == 200


def test_a_feature_that_is_off_is_an_empty_list_of_issues_or_a_forbidden_one_of_merge_requests(
    world: World, press: Project
) -> None:
    world.feature_off(press, "issues")
    world.feature_off(press, "merge_requests")
    asked = asking(world)
    assert asked.json("/projects/1/issues") == []
    assert asked.response("/projects/1/issues/1").status == 404
    assert asked.response("/projects/1/merge_requests").status == 403
    assert asked.response("/projects/1/merge_requests/1").status == 403


def test_a_renamed_project_answers_301_under_its_old_path(world: World, press: Project) -> None:
    world.rename_project(press, "garden/press")
    response = asking(world).response("/projects/orchard%2Fpress/issues?per_page=5")
    assert response.status == 301
    assert dict(response.headers)["Location"] == "http://here/api/v4/projects/1/issues?per_page=5"
    assert response.body.startswith(b"This resource has been moved permanently to ")


def test_before_16_7_the_old_path_simply_worked(world: World, press: Project) -> None:
    world.rename_project(press, "garden/press")
    old = Settings(profile=Profile(version="16.6.0"))
    assert asking(world, settings=old).json("/projects/orchard%2Fpress")["path_with_namespace"] == "garden/press"


def test_the_old_path_of_a_lost_project_tells_nothing(world: World, press: Project) -> None:
    world.rename_project(press, "garden/press")
    world.forbid(press)
    assert asking(world).response("/projects/orchard%2Fpress").status == 404


def test_an_unencoded_path_is_no_route(world: World) -> None:
    assert said(asking(world).response("/projects/orchard/press")) == (404, {"error": "404 Not Found"})


@pytest.mark.parametrize(
    "path", ["/projects/1/issues/99", "/projects/1/merge_requests/99", "/projects/1/issues/1/notes/99"]
)
def test_what_does_not_exist_is_not_found(world: World, path: str) -> None:
    assert said(asking(world).response(path)) == (404, {"message": "404 Not found"})


def test_an_iid_must_be_a_number(world: World) -> None:
    assert said(asking(world).response("/projects/1/issues/one")) == (400, {"error": "iid is invalid"})


def test_only_get_is_allowed(world: World) -> None:
    assert asking(world).response("/projects/1/issues", method="DELETE").status == 405


def test_outside_the_api_there_is_a_page_for_people(world: World) -> None:
    response = Api(world, Settings(), "http://here")(Request("GET", "/orchard/press", "", {}))
    assert (response.status, response.content_type) == (404, "text/html")


def test_old_versions_lack_metadata_the_own_token_and_diffs(world: World) -> None:
    asked = asking(world, settings=OLD)
    for path in ("/metadata", "/personal_access_tokens/self", "/projects/1/merge_requests/1/diffs"):
        assert said(asked.response(path)) == (404, {"error": "404 Not Found"})
    assert asked.json("/version")["version"] == "15.0.5-ee"


def test_another_token_than_the_own_is_not_shown(world: World) -> None:
    assert asking(world).response("/personal_access_tokens/7").status == 404


def test_groups_list_their_projects_and_with_subgroups_all_below(world: World, press: Project) -> None:
    world.add_project("orchard/tools/writer")
    archived = world.add_project("orchard/attic")
    world.archive(archived)
    asked = asking(world)

    def paths(query: str) -> list[str]:
        return [row["path_with_namespace"] for row in asked.json(f"/groups/orchard/projects{query}")]

    assert paths("") == ["orchard/press"]
    assert paths("?include_subgroups=true&sort=asc") == ["orchard/press", "orchard/tools/writer"]
    assert "orchard/attic" in paths("?archived=true")
    assert asked.json("/groups/orchard%2Ftools")["full_path"] == "orchard/tools"
    assert asked.json(f"/groups/{press.row['namespace']['id']}")["path"] == "orchard"
    assert said(asked.response("/groups/nothing")) == (404, {"message": "404 Group Not Found"})
    assert "issues_enabled" not in asked.json("/projects?simple=true")[0]
    assert [row["id"] for row in asked.json("/projects?archived=true")] == [archived.id]


def test_people_are_found_by_id(world: World) -> None:
    assert asking(world).json("/users/1")["name"] == "Alice"
    assert said(asking(world).response("/users/9")) == (404, {"message": "404 User Not Found"})


def test_asking_for_what_is_refused_raises(world: World) -> None:
    asked = asking(world)
    with pytest.raises(NotFound, match="404"):
        asked.json("/projects/9")
    with pytest.raises(NotFound, match="404"):
        list(asked.every("/projects/9/issues?state=all"))


@pytest.mark.parametrize(
    ("profile", "missing", "present"),
    [
        (LATEST, {"attachment"}, {"imported", "project_id"}),
        (GITLAB_16_11, {"imported"}, {"attachment", "project_id"}),
        (GITLAB_15_0, {"imported", "project_id"}, {"attachment"}),
    ],
)
def test_a_note_has_the_fields_of_its_version(
    world: World, profile: Profile, missing: set[str], present: set[str]
) -> None:
    (note,) = asking(world, settings=Settings(profile=profile)).json("/projects/1/issues/1/notes")
    assert not missing & set(note)
    assert present <= set(note)


def test_the_community_edition_has_no_weights(world: World) -> None:
    plain = asking(world, settings=Settings(profile=Profile(enterprise=False)))
    assert "weight" not in plain.json("/projects/1/issues/1")
    assert plain.json("/version")["version"] == LATEST.version
