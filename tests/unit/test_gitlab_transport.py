"""One request: where the token goes, which failures are waited out, and what each of them comes to."""

import traceback
from collections.abc import Iterator

import httpx
import pytest

from adapters.gitlab.retries import Patience
from adapters.memory.clock import START, MemoryClock
from contracts import builders
from contracts.gitlab_rows import item_row, project_row
from domain.errors import (
    GitLabAuthFailed,
    GitLabError,
    GitLabForbidden,
    GitLabNotFound,
    GitLabRateLimited,
    GitLabUnavailable,
    LoreError,
    MalformedPayload,
)
from domain.refs import DependentKind, EntityKind
from gitlab_over_http import DATE, TOKEN, Script, reader_of, reply

PROJECT = project_row(builders.project())
GOOD = reply(PROJECT)
RACK = {"Content-Type": "text/plain"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


def failure_of(*replies: httpx.Response | Exception, clock: MemoryClock | None = None) -> LoreError:
    with pytest.raises(LoreError) as caught:
        reader_of(Script(*replies), clock).project("group/app")
    return caught.value


# the token


def test_every_request_bears_token_and_name_of_the_program() -> None:
    server = Script(GOOD)
    reader_of(server).project(77)
    (request,) = server.requests
    assert request.method == "GET"
    assert request.headers["PRIVATE-TOKEN"] == TOKEN
    assert request.headers["User-Agent"] == "lore/1.2.3"
    assert TOKEN not in str(request.url)


@pytest.mark.requirement("sync:rule-11")
def test_a_renamed_project_is_followed_to_the_configured_place_only() -> None:
    moved = reply(b"moved", status=301, headers={"Location": "http://gitlab.example.com:8080/api/v4/projects/77?a=b"})
    server = Script(moved, GOOD)
    assert reader_of(server).project("old/name").value.gitlab_id == 77
    assert [str(request.url) for request in server.requests] == [
        "https://gitlab.example.com/api/v4/projects/old%2Fname",
        "https://gitlab.example.com/api/v4/projects/77?a=b",
    ]


@pytest.mark.requirement("sync:token-stays-home")
@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example.com/api/v4/projects/78",
        "https://gitlab.example.com.evil.org/api/v4/projects/78",
        "https://gitlab.example.com@evil.org/api/v4/projects/78",
        "//evil.example.com/api/v4/projects/78",
        "https://gitlab.example.com/users/sign_in",
        "https://gitlab.example.com/api/v4/../../admin",
        "https://[broken/api/v4/projects/78",
        "",
    ],
)
def test_a_redirect_to_any_other_place_is_refused(location: str) -> None:
    server = Script(reply(b"", status=302, headers={"Location": location}), GOOD)
    with pytest.raises(GitLabUnavailable, match="to another place; lore does not follow"):
        reader_of(server).project(77)
    assert len(server.requests) == 1


def test_redirects_in_circles_are_given_up() -> None:
    here = reply(b"", status=301, headers={"Location": "/api/v4/projects/77"})
    server = Script(here)
    with pytest.raises(GitLabUnavailable, match="circles"):
        reader_of(server).project(77)
    assert len(server.requests) == 1


def test_a_relative_root_is_kept_on_every_way() -> None:
    moved = reply(b"", status=301, headers={"Location": "https://gitlab.example.com/git/api/v4/projects/77"})
    server = Script(moved, GOOD)
    reader_of(server, url="https://gitlab.example.com/git/").project("old/name")
    assert server.targets == ["/git/api/v4/projects/old%2Fname", "/git/api/v4/projects/77"]


@pytest.mark.requirement("sync:token-stays-home")
@pytest.mark.parametrize(
    "told",
    [
        reply({"message": "401 Unauthorized"}, status=401),
        reply({"message": "403 Forbidden"}, status=403),
        reply({}, status=404),
        reply(b"Retry later\n", status=429, headers=RACK | {"Retry-After": "9999"}),
        reply(b"", status=500),
        reply(b"{", status=200),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
    ],
)
def test_no_error_shows_the_token_or_the_query(told: httpx.Response | Exception) -> None:
    with pytest.raises(GitLabError) as caught:
        reader_of(Script(told)).dependents(77, EntityKind.ISSUE, 1, DependentKind.DISCUSSIONS)
    error = caught.value
    shown = f"{error} {error.suggestion} {error.actions} {error.details}" + "".join(traceback.format_exception(error))
    assert TOKEN not in shown
    assert "per_page" not in f"{error} {error.details}"
    assert "/api/v4/projects/77/issues/1/discussions" in error.message


# what is never tried again


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"message": "401 Unauthorized"}, "unauthorized"),
        ({"error": "invalid_token", "error_description": "Token is expired. You can either do ..."}, "expired"),
        ({"error": "invalid_token", "error_description": "Token was revoked. You have to ..."}, "revoked"),
        (b"<html>", "unauthorized"),
    ],
)
def test_a_refused_token_is_an_error_with_its_reason_at_once(body: object, reason: str) -> None:
    server = Script(reply(body, status=401))
    with pytest.raises(GitLabAuthFailed) as caught:
        reader_of(server).project(77)
    assert not isinstance(caught.value, GitLabForbidden)
    assert caught.value.details["reason"] == reason
    assert caught.value.suggestion
    assert len(server.requests) == 1


@pytest.mark.parametrize("scope", ["insufficient_scope", "insufficient_granular_scope"])
def test_a_scope_that_does_not_suffice_is_told(scope: str) -> None:
    error = failure_of(
        reply({"error": scope, "error_description": "The request requires ...", "scope": "api"}, status=403)
    )
    assert isinstance(error, GitLabForbidden)
    assert error.details["reason"] == "insufficient_scope"


def test_what_this_token_may_not_see_is_forbidden() -> None:
    error = failure_of(reply({"message": "403 Forbidden - Not for you"}, status=403))
    assert isinstance(error, GitLabForbidden)
    assert error.details["reason"] == "forbidden"
    assert "Not for you" in error.message


@pytest.mark.parametrize(
    "told",
    [
        reply(b"Forbidden\n", status=403, headers=RACK),
        reply(b"<html>blocked</html>", status=403, headers=HTML),
        reply({"message": "403 Forbidden - Your account has been blocked."}, status=403),
    ],
)
def test_a_block_of_the_account_or_the_address_concerns_everything(told: httpx.Response) -> None:
    error = failure_of(told)
    assert isinstance(error, GitLabAuthFailed)
    assert not isinstance(error, GitLabForbidden)
    assert error.details["reason"] == "forbidden"


def test_what_is_not_there_is_not_found_and_the_error_says_what_and_where() -> None:
    error = failure_of(reply({"message": "404 Project Not Found"}, status=404, headers={"X-Request-Id": "01AB"}))
    assert isinstance(error, GitLabNotFound)
    assert "404 Project Not Found" in error.message
    assert error.details == {
        "method": "GET",
        "path": "/api/v4/projects/group%2Fapp",
        "status": 404,
        "request_id": "01AB",
    }


@pytest.mark.parametrize("status", [400, 405, 414, 422])
def test_a_request_that_is_refused_for_no_known_reason_is_not_repeated(status: int) -> None:
    server = Script(reply({"error": "state does not have a valid value"}, status=status))
    with pytest.raises(GitLabUnavailable, match="valid value"):
        reader_of(server).project(77)
    assert len(server.requests) == 1


def test_a_certificate_that_is_not_trusted_is_told_with_its_remedy() -> None:
    server = Script(httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"))
    with pytest.raises(GitLabUnavailable) as caught:
        reader_of(server).project(77)
    assert "ca_file" in caught.value.suggestion
    assert len(server.requests) == 1


def test_words_of_the_server_cannot_play_with_a_terminal() -> None:
    error = failure_of(reply({"message": "no \x1b[31m such\u202e " + "x" * 5_000}, status=404))
    assert "\x1b" not in error.message
    assert "\u202e" not in error.message
    assert len(error.message) < 500


# what is tried again


@pytest.mark.requirement("sync:rule-9")
@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_server_that_cannot_serve_is_asked_again(status: int) -> None:
    clock = MemoryClock()
    server = Script(reply(b"<html>Whoops</html>", status=status, headers=HTML), reply({}, status=status), GOOD)
    reader = reader_of(server, clock)
    assert reader.project(77).value.path == "group/app"
    assert clock.slept == [250, 500]
    statistics = reader.statistics()
    assert (statistics.requests, statistics.retries, statistics.waited_ms) == (3, 2, 750)


@pytest.mark.requirement("sync:rule-9")
@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_server_that_never_recovers_is_unavailable_after_a_bounded_number_of_tries(status: int) -> None:
    clock = MemoryClock()
    server = Script(reply(b"<html>Whoops</html>", status=status, headers=HTML))
    with pytest.raises(GitLabUnavailable) as caught:
        reader_of(server, clock).project(77)
    assert caught.value.details["status"] == status
    assert len(server.requests) == 5
    assert sum(clock.slept) < 30_000


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("[Errno 111] Connection refused"),
        httpx.ConnectTimeout("too slow"),
        httpx.ReadTimeout("too slow"),
        httpx.ReadError("[Errno 104] Connection reset by peer"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        httpx.DecodingError("Error -3 while decompressing data"),
    ],
)
def test_a_network_that_fails_once_is_no_failure_and_one_that_always_fails_is(trouble: httpx.HTTPError) -> None:
    assert reader_of(Script(trouble, GOOD)).project(77).value.gitlab_id == 77
    server = Script(trouble)
    with pytest.raises(GitLabUnavailable) as caught:
        reader_of(server).project(77)
    assert caught.value.details["cause"] == type(trouble).__name__
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "content",
    [b'{"id": 77, "path_with', b"", b"null", b"[1, 2]", b"7", b"<!DOCTYPE html><html>", b"[" * 100_000, b"\xff\xfe"],
)
def test_what_cannot_be_read_is_asked_for_again_and_then_malformed(content: bytes) -> None:
    assert reader_of(Script(reply(content), GOOD)).project(77).value.gitlab_id == 77
    server = Script(reply(content))
    with pytest.raises(MalformedPayload):
        reader_of(server).project(77)
    assert len(server.requests) == 3


def test_a_web_page_in_place_of_the_api_hints_at_a_wrong_url() -> None:
    error = failure_of(reply(b"  <html><title>Sign in</title></html>", headers=HTML))
    assert isinstance(error, MalformedPayload)
    assert "web page" in error.message
    assert "url" in error.suggestion


# rate limits


@pytest.mark.requirement("sync:rule-9")
@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"Retry-After": "30"}, [30_000]),
        ({"Retry-After": "Thu, 01 Jan 2026 00:00:45 GMT"}, [45_000]),
        ({"Retry-After": "Thu, 01 Jan 2026 00:00:45 GMT", "Date": None}, [1_000]),
        ({"Retry-After": "Wed, 31 Dec 2025 00:00:45 GMT"}, [250]),
        ({"RateLimit-Reset": str(START // 1000 + 20)}, [20_000]),
        ({"Retry-After": "soon"}, [1_000]),
        ({}, [1_000]),
    ],
)
def test_a_rate_limit_is_waited_out_as_the_server_says(headers: dict[str, str | None], waits: list[int]) -> None:
    clock = MemoryClock()
    rack = reply(b"Retry later\n", status=429, headers=RACK | headers)
    reader = reader_of(Script(rack, GOOD), clock)
    assert reader.project(77).value.gitlab_id == 77
    assert clock.slept == waits
    statistics = reader.statistics()
    assert (statistics.requests, statistics.retries, statistics.rate_limited) == (2, 1, 1)
    assert statistics.waited_ms == sum(waits)


@pytest.mark.requirement("sync:rule-9")
@pytest.mark.parametrize(
    "told",
    [
        reply(b"Retry later\n", status=429, headers=RACK),
        reply({"message": {"error": "This endpoint has been requested too many times. Try again later."}}, status=429),
        reply({"message": "429 Too Many Requests"}, status=429, headers={"Retry-After": "0"}),
    ],
)
def test_a_rate_limit_that_never_ends_is_an_error_after_a_bounded_time(told: httpx.Response) -> None:
    clock = MemoryClock()
    server = Script(told)
    with pytest.raises(GitLabRateLimited):
        reader_of(server, clock).project(77)
    assert len(server.requests) == 6
    assert sum(clock.slept) <= 180_000


@pytest.mark.requirement("sync:rule-9")
def test_a_rate_limit_longer_than_any_patience_is_told_at_once() -> None:
    clock = MemoryClock()
    error = failure_of(reply(b"Retry later\n", status=429, headers=RACK | {"Retry-After": "3600"}), clock=clock)
    assert isinstance(error, GitLabRateLimited)
    assert error.details["retry_after_s"] == 3600
    assert "3600 s" in error.suggestion
    assert clock.slept == []


@pytest.mark.requirement("sync:rule-9")
def test_many_waits_together_are_no_longer_than_one_may_be() -> None:
    clock = MemoryClock()
    error = failure_of(reply(b"Retry later\n", status=429, headers=RACK | {"Retry-After": "50"}), clock=clock)
    assert isinstance(error, GitLabRateLimited)
    assert clock.slept == [50_000, 50_000, 50_000]


@pytest.mark.requirement("sync:rule-9")
def test_maintenance_that_names_its_end_is_waited_out() -> None:
    clock = MemoryClock()
    reader_of(Script(reply(b"", status=503, headers={"Retry-After": "12"}), GOOD), clock).project(77)
    assert clock.slept == [12_000]


def test_maintenance_longer_than_any_patience_is_told_at_once() -> None:
    error = failure_of(reply(b"", status=503, headers={"Retry-After": "7200"}))
    assert isinstance(error, GitLabUnavailable)
    assert error.details["retry_after_s"] == 7200


def test_no_try_begins_after_the_time_for_all_of_them() -> None:
    clock = MemoryClock()

    def slow(_request: httpx.Request) -> httpx.Response:
        clock.advance(65_000)
        raise httpx.ReadTimeout("too slow")

    with pytest.raises(GitLabUnavailable):
        reader_of(slow, clock, patience=Patience(elapsed_ms=100_000)).project(77)
    assert clock.now_ms() - START < 140_000


# bodies that do not end


class Endless(httpx.SyncByteStream):
    def __init__(self, clock: MemoryClock, part: bytes) -> None:
        self._clock = clock
        self._part = part

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self._clock.advance(30_000)
            yield self._part


def test_a_body_that_drips_for_ever_is_given_up() -> None:
    clock = MemoryClock()
    with pytest.raises(GitLabUnavailable, match="in time"):
        reader_of(lambda _: httpx.Response(200, stream=Endless(clock, b" ")), clock).project(77)


def test_a_body_that_is_far_too_large_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.gitlab.transport._LARGEST_BODY", 1024)
    with pytest.raises(GitLabUnavailable, match="larger"):
        reader_of(lambda _: reply(b" " * 2000)).project(77)


# the time of a request


@pytest.mark.requirement("sync:rule-3")
def test_the_servers_time_of_a_request_is_its_date_less_what_the_request_took() -> None:
    clock = MemoryClock()

    def server(_request: httpx.Request) -> httpx.Response:
        clock.advance(1_700)
        return reply([], headers={"Date": DATE})

    answer = reader_of(server, clock).dependents(77, EntityKind.ISSUE, 1, DependentKind.DISCUSSIONS)
    assert answer.requested_at == START
    assert answer.server_requested_at == START - 1_700


@pytest.mark.requirement("surgical:C13")
def test_the_times_are_those_of_the_try_that_succeeded() -> None:
    clock = MemoryClock()
    item = item_row(builders.issue(1), builders.project())
    fetched = reader_of(Script(reply({}, status=500), reply(item)), clock).entity(77, EntityKind.ISSUE, 1)
    assert fetched.requested_at == START + 250


@pytest.mark.parametrize("date", [None, "yesterday"])
def test_without_a_readable_date_the_local_clock_stands_in(date: str | None) -> None:
    answer = reader_of(Script(reply([], headers={"Date": date}))).dependents(
        77, EntityKind.ISSUE, 1, DependentKind.DISCUSSIONS
    )
    assert answer.server_requested_at == START


def test_plain_http_goes_to_its_port() -> None:
    server = Script(GOOD)
    reader_of(server, url="http://localhost:8080").project(77)
    assert str(server.requests[0].url) == "http://localhost:8080/api/v4/projects/77"
