"""The sample GitLab over real sockets: HTTP/1.1, the faults of the transport, latency, and its own process."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from adapters.sample_gitlab import __main__, effects
from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.messages import Request
from adapters.sample_gitlab.sample_data import SAMPLE_TOKEN, sample_world
from adapters.sample_gitlab.settings import RateLimit, Settings

ISSUES = "/api/v4/projects/orchard%2Fpress/issues"
SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def gitlab() -> Iterator[SampleGitLab]:
    with SampleGitLab(sample_world()) as running:
        yield running


@contextlib.contextmanager
def client_of(gitlab: SampleGitLab, timeout_s: float = 10) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gitlab.url, headers={"PRIVATE-TOKEN": SAMPLE_TOKEN}, timeout=timeout_s) as client:
        yield client


def test_an_answer_has_what_gitlab_always_sends(gitlab: SampleGitLab) -> None:
    gitlab.world.now_ms = 1_790_000_000_999
    with client_of(gitlab) as client:
        response = client.get(ISSUES, params={"per_page": 2})
    assert response.headers["Date"] == "Mon, 21 Sep 2026 14:13:20 GMT"
    assert response.headers["Content-Type"] == "application/json"
    assert {"X-Request-Id", "X-Runtime", "X-Gitlab-Meta", "ETag", "Link"} <= {
        name.title().replace("Etag", "ETag") for name in response.headers
    }
    assert len(response.json()) == 2


def test_a_connection_is_used_again(gitlab: SampleGitLab) -> None:
    host, port = gitlab.url.removeprefix("http://").split(":")
    asked = f"GET /api/v4/version HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN: {SAMPLE_TOKEN}\r\n\r\n".encode()
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(asked + asked)
        stream = connection.makefile("rb")
        for _ in range(2):
            assert stream.readline() == b"HTTP/1.1 200 OK\r\n"
            length = 0
            while (line := stream.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            assert b"version" in stream.read(length)
        stream.close()


def test_what_is_no_http_ends_the_connection(gitlab: SampleGitLab) -> None:
    host, port = gitlab.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        assert connection.recv(100) == b""


def test_a_client_may_ask_for_the_head_only_and_close(gitlab: SampleGitLab) -> None:
    with client_of(gitlab) as client:
        response = client.head(ISSUES, headers={"Connection": "close"})
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["X-Total"] == str(len(gitlab.world.project("orchard/press").issues))


def test_an_answer_that_has_not_changed_is_304(gitlab: SampleGitLab) -> None:
    with client_of(gitlab) as client:
        tag = client.get(ISSUES).headers["ETag"]
        assert client.get(ISSUES, headers={"If-None-Match": tag}).status_code == 304
        gitlab.world.set_title(gitlab.world.issue("orchard/press", 48), "Changed", by="bo")
        assert client.get(ISSUES, headers={"If-None-Match": tag}).status_code == 200


def test_graphql_is_posted(gitlab: SampleGitLab) -> None:
    with client_of(gitlab) as client:
        response = client.post("/api/graphql", json={"query": "{ currentUser { username } }"})
    assert response.json() == {"data": {"currentUser": {"username": "alice"}}}


def test_everything_lies_below_a_relative_root() -> None:
    with SampleGitLab(sample_world(), Settings(root="/gitlab")) as gitlab, client_of(gitlab) as client:
        assert gitlab.url.endswith("/gitlab")
        row = client.get(f"{ISSUES}/1").json()
        assert row["web_url"] == f"{gitlab.url}/orchard/press/-/issues/1"
        outside = httpx.get(f"{gitlab.url.removesuffix('/gitlab')}{ISSUES}", timeout=10)
        assert outside.status_code == 404
        assert client.get(ISSUES).headers["Link"].startswith(f"<{gitlab.url}/api/v4/projects/")


def test_a_renamed_project_can_be_followed(gitlab: SampleGitLab) -> None:
    gitlab.world.rename_project(gitlab.world.project("orchard/press"), "orchard/spooler")
    with client_of(gitlab) as client:
        response = client.get(f"{ISSUES}/1", follow_redirects=True)
    assert [step.status_code for step in response.history] == [301]
    assert response.json()["references"]["full"] == "orchard/spooler#1"


def test_a_reset_connection_is_an_error_of_the_network(gitlab: SampleGitLab) -> None:
    gitlab.faults.add(effects.reset())
    with client_of(gitlab) as client:
        with pytest.raises(httpx.NetworkError):
            client.get(ISSUES)
        assert client.get(ISSUES).status_code == 200


def test_a_truncated_answer_is_shorter_than_announced(gitlab: SampleGitLab) -> None:
    gitlab.faults.add(effects.truncated())
    with client_of(gitlab) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(ISSUES)
        assert client.get(ISSUES).status_code == 200


def test_a_hanging_request_ends_when_its_client_has_lost_patience(gitlab: SampleGitLab) -> None:
    gitlab.faults.add(effects.hang())
    with client_of(gitlab, timeout_s=0.2) as client, pytest.raises(httpx.ReadTimeout):
        client.get(ISSUES)
    with client_of(gitlab) as client:
        assert client.get(ISSUES).status_code == 200


def test_a_hanging_request_is_answered_when_it_is_released(gitlab: SampleGitLab) -> None:
    released = Event()
    gitlab.faults.add(effects.hang(released))
    gitlab.on_request(lambda request: released.set() if request.path.endswith("/version") else None)
    with client_of(gitlab) as client, ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(client.get, ISSUES)
        assert client.get("/api/v4/version").status_code == 200
        assert hanging.result(timeout=10).status_code == 200


def test_a_server_that_stops_leaves_no_request_hanging() -> None:
    arrived = Event()
    with SampleGitLab(sample_world()) as gitlab, ThreadPoolExecutor(1) as pool:
        gitlab.on_request(lambda _request: arrived.set())
        gitlab.faults.add(effects.hang())
        with client_of(gitlab) as client:
            hanging = pool.submit(client.get, ISSUES)
            assert arrived.wait(10)
            gitlab.close()
            with pytest.raises(httpx.TransportError):
                hanging.result(timeout=10)


def test_a_slow_answer_comes_all_the_same(gitlab: SampleGitLab) -> None:
    gitlab.faults.add(effects.slow(5))
    with client_of(gitlab) as client:
        assert client.get(ISSUES).status_code == 200


def test_faults_of_the_answer_reach_the_client(gitlab: SampleGitLab) -> None:
    gitlab.faults.add(effects.html(502))
    gitlab.faults.add(effects.rate_limited(retry_after=3))
    gitlab.faults.add(effects.paging_loop())
    with client_of(gitlab) as client:
        page, limited, loop = (client.get(ISSUES) for _ in range(3))
    assert (page.status_code, page.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert (limited.status_code, limited.headers["Retry-After"], limited.text) == (429, "3", "Retry later\n")
    assert loop.links["next"]["url"] == f"{gitlab.url}{ISSUES}"


@pytest.mark.parametrize("cap_ms", [None, 90_000])
def test_an_answer_does_not_come_before_its_latency(cap_ms: float | None) -> None:
    slow = Settings(latency_ms=60_000, latency_cap_ms=cap_ms)
    with (
        SampleGitLab(sample_world(), slow) as gitlab,
        client_of(gitlab, timeout_s=0.2) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.get("/api/v4/version")


def test_the_limit_of_requests_is_kept_and_told() -> None:
    limited = Settings(rate_limit=RateLimit(requests=2))
    with SampleGitLab(sample_world(), limited) as gitlab, client_of(gitlab) as client:
        gitlab.world.now_ms = 1_790_000_000_000
        answers = [client.get("/api/v4/version") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[0].headers["RateLimit-Remaining"] == "1"
        gitlab.world.advance(float(answers[2].headers["Retry-After"]))
        assert client.get("/api/v4/version").status_code == 200


def test_the_world_can_be_changed_between_two_pages(gitlab: SampleGitLab) -> None:
    def add_one(request: Request) -> None:
        if "page=2" in request.query:
            gitlab.world.create_issue(gitlab.world.project("orchard/press"), "While you were paging", author="bo")

    gitlab.on_request(add_one)
    with client_of(gitlab) as client:
        before = client.get(ISSUES, params={"per_page": 2}).headers["X-Total"]
        after = client.get(ISSUES, params={"per_page": 2, "page": 2}).headers["X-Total"]
        gitlab.forget_hooks()
        again = client.get(ISSUES, params={"per_page": 2, "page": 2}).headers["X-Total"]
    assert (int(after) - int(before), int(again) - int(after)) == (1, 0)


def test_requests_at_the_same_time_are_counted(gitlab: SampleGitLab) -> None:
    together = threading.Barrier(3)

    def wait_for_the_others(_request: Request) -> None:
        together.wait(10)

    gitlab.on_request(wait_for_the_others)
    with client_of(gitlab) as client, ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(client.get, [ISSUES] * 3))
    assert [answer.status_code for answer in answers] == [200] * 3
    assert gitlab.requests.most_at_once == 3
    assert gitlab.requests.by_kind() == {"projects/*/issues": 3}


def test_no_token_is_kept_in_the_journal(gitlab: SampleGitLab) -> None:
    httpx.get(f"{gitlab.url}{ISSUES}", params={"private_token": SAMPLE_TOKEN, "page": "2"}, timeout=10)
    assert [entry.target for entry in gitlab.requests.served] == [f"{ISSUES}?page=2"]


def test_a_failing_hook_does_not_leave_a_request_in_flight(gitlab: SampleGitLab) -> None:
    def fail(_request: Request) -> None:
        raise OSError("broken test")

    gitlab.on_request(fail)
    with client_of(gitlab) as client, pytest.raises(httpx.TransportError):
        client.get(ISSUES)
    assert (gitlab.requests.in_flight, gitlab.requests.by_status()) == (0, {500: 1})


def test_it_can_be_started_and_closed_without_a_block() -> None:
    gitlab = SampleGitLab(sample_world())
    gitlab.start()
    with client_of(gitlab) as client:
        assert client.get("/api/v4/version").status_code == 200
    gitlab.close()


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "adapters.sample_gitlab", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(SOURCE)})


def test_it_runs_as_its_own_process_and_prints_its_url() -> None:
    with started("--sample", "--latency-ms", "1", "--token", "other", "--requests-per-minute", "9000") as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            response = httpx.get(f"{url}/api/v4/user", headers={"PRIVATE-TOKEN": "other"}, timeout=10)
            assert response.json()["username"] == "alice"
            assert response.headers["RateLimit-Limit"] == "9000"
        finally:
            process.terminate()


def test_the_command_line_makes_the_world_it_was_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "projects" / "g__p"
    folder.mkdir(parents=True)
    group = {"id": 1, "name": "g", "path": "g", "full_path": "g", "parent_id": None}
    project = {"id": 5, "name": "p", "path_with_namespace": "g/p", "created_at": "2020-01-01T00:00:00Z"}
    (folder / "project.json").write_text(json.dumps(project | {"namespace": group}))
    options = __main__.arguments().parse_args(["--corpus", str(tmp_path), "--token", "mine"])
    world = __main__.world_of(options)
    assert [token.text for token in world.tokens.values()] == ["mine"]
    assert world.project("g/p").id == 5
