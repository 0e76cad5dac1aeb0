"""The reader over HTTP keeps the promises of the port, and knows the ways of GitLab's versions."""

import json
import zlib
from typing import Any

import httpx
import pytest

from adapters.memory.clock import MemoryClock
from application.ports.gitlab_reader import GitLabReader
from contracts import builders
from contracts.builders import NOON
from contracts.gitlab_reader_contract import GitLabReaderContract, Install, walked
from contracts.gitlab_rows import file_change_row, item_row, project_row
from contracts.gitlab_scenarios import GivenGitLab, given
from domain.errors import GitLabAuthFailed, GitLabError, GitLabNotFound, GitLabUnavailable, MalformedPayload
from domain.list_walk import ListPosition
from domain.refs import DependentKind, EntityKind
from gitlab_over_http import GivenServer, Script, reader_of, reply

ISSUE, MR = EntityKind.ISSUE, EntityKind.MERGE_REQUEST
NOT_FOUND = {"message": "404 Not found"}


class TestHttpGitLabReader(GitLabReaderContract):
    @pytest.fixture(params=[True, False], ids=["keyset", "offset"])
    def install(self, request: pytest.FixtureRequest) -> Install:
        keyset: bool = request.param

        def _install(world: GivenGitLab) -> GitLabReader:
            return reader_of(GivenServer(world, keyset=keyset))

        return _install


def row(iid: int = 1, **changes: Any) -> dict[str, Any]:
    return item_row(builders.issue(iid), builders.project()) | changes


# lists


@pytest.mark.requirement("sync:rule-2")
def test_a_list_is_asked_for_oldest_update_first_with_everything_in_it() -> None:
    server = Script(reply([]))
    reader_of(server).list_page(77, ISSUE, ListPosition(updated_after=NOON + 7, page=3))
    (request,) = server.requests
    assert request.url.path == "/api/v4/projects/77/issues"
    assert dict(request.url.params) == {
        "scope": "all",
        "state": "all",
        "order_by": "updated_at",
        "sort": "asc",
        "per_page": "100",
        "updated_after": "2026-01-01T12:00:00.007Z",
        "page": "3",
    }


def test_issues_are_asked_for_by_keyset_and_go_on_at_the_cursor() -> None:
    link = '<http://other/api?cursor=abc%3D&page=1>; rel="next"'
    server = Script(reply([row()], headers={"Link": link}), reply([]))
    reader = reader_of(server)
    page = reader.list_page(77, ISSUE, ListPosition())
    assert (page.has_next, page.keyset_cursor) == (True, "abc=")
    assert not reader.list_page(77, ISSUE, ListPosition(keyset_cursor=page.keyset_cursor)).has_next
    first, second = server.requests
    assert first.url.params["pagination"] == "keyset"
    assert second.url.params["cursor"] == "abc="


def test_a_server_that_refuses_keyset_paging_is_asked_without_from_then_on() -> None:
    refused = reply({"error": "Keyset pagination is not yet available for this type of request"}, status=405)
    server = Script(refused, reply([row()]))
    reader = reader_of(server)
    for _ in range(2):
        assert len(reader.list_page(77, ISSUE, ListPosition()).items) == 1
    assert ["keyset" in target for target in server.targets] == [True, False, False]


@pytest.mark.parametrize(("status", "error"), [(401, GitLabAuthFailed), (500, GitLabUnavailable)])
def test_any_other_refusal_of_a_list_stands(status: int, error: type[GitLabError]) -> None:
    with pytest.raises(error):
        reader_of(Script(reply({}, status=status))).list_page(77, ISSUE, ListPosition())


@pytest.mark.requirement("sync:rule-2")
@pytest.mark.parametrize(("size", "has_next"), [(99, False), (100, True), (101, False)])
def test_a_full_page_without_paging_headers_is_followed(size: int, has_next: bool) -> None:
    server = Script(reply([row(iid) for iid in range(1, size + 1)]))
    assert reader_of(server).list_page(77, MR, ListPosition()).has_next is has_next


@pytest.mark.requirement("sync:rule-2")
def test_a_walk_ends_where_a_keyset_list_is_full_to_the_last_page() -> None:
    items = [builders.issue(iid, updated_at=NOON + iid) for iid in range(1, 201)]
    pages = walked(reader_of(GivenServer(given(*items), keyset=True)), ISSUE)
    assert len({found.value.iid for page in pages for found in page.items}) == 200


@pytest.mark.requirement("sync:rule-7")
def test_a_bad_record_in_a_list_is_set_aside_with_its_payload() -> None:
    server = Script(reply([row(1), row(2, updated_at=None), row(3), "nonsense", {"iid": 4}]))
    page = reader_of(server).list_page(77, ISSUE, ListPosition())
    assert [found.value.iid for found in page.items] == [1, 3]
    assert [(bad.record, bad.gitlab_id) for bad in page.rejected] == [
        ("issue", "10002"),
        ("issue", None),
        ("issue", None),
    ]
    assert page.rejected[0].error == "updated_at: Value error, a time must be text"
    assert json.loads(zlib.decompress(page.rejected[0].payload))["iid"] == 2


@pytest.mark.parametrize("body", [{}, None, "text", 7])
def test_a_list_that_is_no_array_is_malformed(body: object) -> None:
    with pytest.raises(MalformedPayload):
        reader_of(Script(reply(body))).list_page(77, ISSUE, ListPosition())


@pytest.mark.requirement("sync:rule-2")
@pytest.mark.parametrize("position", [ListPosition(page=2), ListPosition(page=3)])
def test_a_list_whose_next_page_is_not_further_on_goes_in_circles(position: ListPosition) -> None:
    with pytest.raises(MalformedPayload, match="circles"):
        reader_of(Script(reply([row()], headers={"X-Next-Page": "2"}))).list_page(77, MR, position)


def test_a_list_that_never_ends_is_given_up() -> None:
    with pytest.raises(MalformedPayload, match="circles"):
        reader_of(Script(reply([]))).list_page(77, MR, ListPosition(page=10_001))


# single objects


def test_an_item_without_its_id_is_malformed_and_says_what_is_missing() -> None:
    server = Script(reply({"iid": 1, "title": "secret words"}))
    with pytest.raises(MalformedPayload) as caught:
        reader_of(server).entity(77, ISSUE, 1)
    assert "id: Field required" in caught.value.message
    assert "secret words" not in caught.value.message


def test_tokens_in_a_projects_payload_are_not_kept() -> None:
    told = project_row(builders.project()) | {"runners_token": "GR1348941secret", "ci_job_token_scope_enabled": True}
    payload = json.loads(zlib.decompress(reader_of(Script(reply(told))).project(77).payload))
    assert "runners_token" not in payload
    assert payload["ci_job_token_scope_enabled"] is True


def test_a_project_that_is_no_object_is_malformed() -> None:
    with pytest.raises(MalformedPayload):
        reader_of(Script(reply([]))).project(77)


def test_a_bad_project_of_a_group_is_told_after_the_good_ones() -> None:
    good = project_row(builders.project())
    server = Script(
        reply([good, {"id": 8}], headers={"X-Next-Page": "2"}),
        reply([good | {"id": 9}], headers={"X-Next-Page": ""}),
    )
    found: list[int] = []
    with pytest.raises(MalformedPayload, match="8"):
        found.extend(project.gitlab_id for project in reader_of(server).group_projects("some/group"))
    assert found == [77, 9]
    assert server.requests[0].url.raw_path.startswith(b"/api/v4/groups/some%2Fgroup/projects?include_subgroups=true")


def test_a_project_named_by_its_path_is_asked_for_in_one_piece() -> None:
    server = Script(reply(project_row(builders.project())))
    reader_of(server).project("group/sub/app")
    assert server.targets == ["/api/v4/projects/group%2Fsub%2Fapp"]


def test_an_older_server_tells_its_version_by_another_route() -> None:
    server = Script(reply({"error": "404 Not Found"}, status=404), reply({"version": "14.9.1-ee"}))
    info = reader_of(server).server()
    assert (info.version, info.enterprise) == ("14.9.1-ee", True)
    assert server.targets == ["/api/v4/metadata", "/api/v4/version"]


@pytest.mark.parametrize(
    ("told", "enterprise"),
    [
        ({"version": "19.1.0", "enterprise": False}, False),
        ({"version": "19.2.0-pre"}, None),
        ({"version": "15.0.1-ee", "enterprise": None}, True),
    ],
)
def test_the_edition_is_told_or_unknown(told: dict[str, object], enterprise: bool | None) -> None:
    assert reader_of(Script(reply(told))).server().enterprise is enterprise


def test_the_clock_skew_is_the_local_clock_minus_the_servers() -> None:
    clock = MemoryClock()
    clock.advance(5_500)
    assert reader_of(Script(reply({"version": "19.1"})), clock).server().clock_skew_ms == 5_000


@pytest.mark.parametrize("status", [403, 404])
def test_a_token_that_does_not_tell_of_itself_has_unknown_scopes(status: int) -> None:
    server = Script(reply({"id": 5, "username": "oauth"}), reply(NOT_FOUND, status=status))
    info = reader_of(server).token()
    assert (info.username, info.name, info.scopes, info.expires_at) == ("oauth", "oauth", None, None)


def test_a_token_tells_its_scopes_and_its_end() -> None:
    told = {"scopes": ["read_api", "read_user"], "expires_at": "2027-02-01"}
    info = reader_of(Script(reply({"id": 5, "username": "bot", "name": "Bot"}), reply(told))).token()
    assert (info.name, info.scopes, info.expires_at) == ("Bot", ("read_api", "read_user"), "2027-02-01")


def test_a_failure_while_looking_for_a_discussion_is_no_answer() -> None:
    with pytest.raises(GitLabAuthFailed):
        reader_of(Script(reply({}, status=403))).discussion_exists(77, ISSUE, 1, "abc")


# diffs


def diff_rows(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [file_change_row(builders.file_change(f"src/{number}.py")) | changes for number in range(count)]


@pytest.mark.requirement("sync:rule-4")
def test_a_server_without_the_diffs_route_is_asked_for_changes_from_then_on() -> None:
    changes = {"id": 1, "changes": diff_rows(2), "overflow": False}
    server = Script(reply({"error": "404 Not Found"}, status=404), reply(changes))
    reader = reader_of(server)
    for _ in range(2):
        answer = reader.dependents(77, MR, 4, DependentKind.DIFFS)
        assert [getattr(record, "new_path", None) for record in answer.records] == ["src/0.py", "src/1.py"]
        assert len(json.loads(zlib.decompress(answer.payload))) == 2
        assert answer.warnings == ()
    assert [target.rpartition("/")[2].partition("?")[0] for target in server.targets] == ["diffs", "changes", "changes"]


@pytest.mark.requirement("sync:rule-4")
def test_a_merge_request_that_is_gone_is_not_found_by_either_route() -> None:
    server = Script(reply(NOT_FOUND, status=404))
    with pytest.raises(GitLabNotFound):
        reader_of(server).dependents(77, MR, 4, DependentKind.DIFFS)
    assert len(server.requests) == 2


def test_changes_that_overflowed_are_warned_of() -> None:
    changes = {"changes": diff_rows(1, too_large=True, diff=""), "overflow": True}
    server = Script(reply(NOT_FOUND, status=404), reply(changes))
    warnings = reader_of(server).dependents(77, MR, 4, DependentKind.DIFFS).warnings
    assert len(warnings) == 2
    assert "1 files" in warnings[0]
    assert "overflow" in warnings[1]


@pytest.mark.parametrize("body", [[], {"changes": None}, {"id": 3}])
def test_changes_of_another_shape_are_malformed(body: object) -> None:
    with pytest.raises(MalformedPayload):
        reader_of(Script(reply(NOT_FOUND, status=404), reply(body))).dependents(77, MR, 4, DependentKind.DIFFS)


@pytest.mark.parametrize(("count", "warned"), [("1000+", True), ("100", False), (None, False), (100, False)])
def test_many_files_make_the_reader_ask_whether_some_were_left_out(count: object, warned: bool) -> None:
    def answered(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/diffs"):
            return reply(diff_rows(100), headers={"X-Next-Page": ""})
        return reply({"changes_count": count})

    warnings = reader_of(answered).dependents(77, MR, 4, DependentKind.DIFFS).warnings
    assert bool(warnings) is warned


def test_few_files_need_no_second_question() -> None:
    server = Script(reply(diff_rows(3)))
    answer = reader_of(server).dependents(77, MR, 4, DependentKind.DIFFS)
    assert (len(server.requests), answer.warnings) == (1, ())


def test_a_collapsed_file_without_its_diff_counts_as_too_large() -> None:
    server = Script(reply(diff_rows(1, collapsed=True, diff="")))
    assert reader_of(server).dependents(77, MR, 4, DependentKind.DIFFS).warnings
