"""The reader against the sample GitLab, over real HTTP: the port's promises, versions of GitLab, and faults."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from adapters.gitlab.reader import HttpGitLabReader
from adapters.memory.clock import MemoryClock
from adapters.sample_gitlab import effects
from adapters.sample_gitlab.faults import Effect
from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.profile import COMMUNITY, GITLAB_15_0, GITLAB_16_11, GITLAB_18_2, LATEST, Profile
from adapters.sample_gitlab.settings import RateLimit, Settings
from application.ports.gitlab_reader import GitLabReader
from contracts import builders
from contracts.gitlab_reader_contract import ISSUE, MR, MR_SETS, PROJECT, GitLabReaderContract, Install, walked
from contracts.gitlab_scenarios import GivenGitLab, given, given_sets
from contracts.sample_servers import INSTANCE, TOKEN, gitlabs_of, sample_world, served, world_of
from domain.errors import (
    GitLabAuthFailed,
    GitLabForbidden,
    GitLabNotFound,
    GitLabRateLimited,
    GitLabUnavailable,
    LoreError,
    MalformedPayload,
)
from domain.list_walk import ListPosition
from domain.refs import DependentKind, EntityKind

NOTHING_ELSE_WRONG = {DependentKind.DISCUSSIONS: tuple(builders.discussion(number) for number in range(1, 151))}


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(closing: ExitStack, world: GivenGitLab, settings: Settings | None = None) -> SampleGitLab:
    return closing.enter_context(served(world_of(world), settings))


def reader_of(
    closing: ExitStack, gitlab: SampleGitLab, clock: MemoryClock | None = None, **options: Any
) -> HttpGitLabReader:
    return closing.enter_context(gitlabs_of(gitlab.url, clock, **options)).reader(INSTANCE)


class TestHttpReaderOfTheSampleGitLab(GitLabReaderContract):
    @pytest.fixture(
        params=[Settings(), Settings(root="/gitlab", link_base="https://wrong.example.com", total_limit=10)],
        ids=["plain", "below a root, with links that lead elsewhere"],
    )
    def install(self, request: pytest.FixtureRequest, closing: ExitStack) -> Install:
        settings: Settings = request.param

        def _install(world: GivenGitLab) -> GitLabReader:
            return reader_of(closing, start(closing, world, settings))

        return _install


@pytest.mark.requirement("sync:gitlab-versions")
@pytest.mark.parametrize(
    "profile", [LATEST, GITLAB_18_2, GITLAB_16_11, GITLAB_15_0, COMMUNITY], ids=lambda profile: profile.full_version
)
def test_every_version_of_gitlab_is_read_without_a_rejected_record(closing: ExitStack, profile: Profile) -> None:
    entity = builders.merge_request(4)
    gitlab = start(closing, given_sets(entity, MR_SETS, builders.issue(8)), Settings(profile=profile))
    reader = reader_of(closing, gitlab)
    assert reader.server().version == profile.full_version
    assert (reader.token().scopes is None) is not profile.has_token_self
    assert [found.value.iid for kind in EntityKind for page in walked(reader, kind) for found in page.items] == [8, 4]
    for dependent, records in MR_SETS.items():
        answer = reader.dependents(PROJECT, MR, 4, dependent)
        assert (len(answer.records), answer.rejected) == (len(records), ())


@pytest.mark.requirement("sync:rule-2")
def test_the_newest_servers_page_issues_by_keyset_and_the_others_by_number(closing: ExitStack) -> None:
    world = given(*(builders.issue(iid) for iid in range(1, 131)))
    for profile, by_keyset in ((LATEST, True), (GITLAB_18_2, False)):
        reader = reader_of(closing, start(closing, world, Settings(profile=profile)))
        assert (reader.list_page(PROJECT, ISSUE, ListPosition()).keyset_cursor is not None) is by_keyset


def test_a_merge_request_over_the_limits_is_warned_of(closing: ExitStack) -> None:
    files = tuple(builders.file_change(f"src/{number}.py") for number in range(120))
    gitlab = start(closing, given_sets(builders.merge_request(4), {DependentKind.DIFFS: files}))
    gitlab.world.merge_request(builders.PROJECT_PATH, 4).row["changes_count"] = "120+"
    answer = reader_of(closing, gitlab).dependents(PROJECT, MR, 4, DependentKind.DIFFS)
    assert (len(answer.records), len(answer.warnings)) == (120, 1)


def test_notes_that_the_token_may_not_read_make_short_pages_and_no_gap(closing: ExitStack) -> None:
    gitlab = start(closing, given_sets(builders.issue(3), NOTHING_ELSE_WRONG))
    discussions = gitlab.world.issue(builders.PROJECT_PATH, 3).discussions
    for discussion in discussions[:100]:
        gitlab.world.hide_note(discussion.notes[0])
    answer = reader_of(closing, gitlab).dependents(PROJECT, ISSUE, 3, DependentKind.DISCUSSIONS)
    assert (len(answer.records), answer.pages) == (50, 2)


def test_many_threads_share_one_reader(closing: ExitStack) -> None:
    gitlab = start(closing, given_sets(builders.issue(3), NOTHING_ELSE_WRONG))
    reader = reader_of(closing, gitlab, concurrency=3)
    with ThreadPoolExecutor(8) as threads:
        jobs = [threads.submit(reader.dependents, PROJECT, ISSUE, 3, DependentKind.DISCUSSIONS) for _ in range(40)]
        assert {len(job.result().records) for job in jobs} == {150}
    assert reader.statistics().requests == gitlab.requests.count() == 80
    assert gitlab.requests.most_at_once <= 3


# access


def test_what_the_token_may_not_do_is_told_by_its_reason(closing: ExitStack) -> None:
    gitlab = start(closing, given(builders.issue(1), builders.merge_request(1)))
    reader = reader_of(closing, gitlab)
    world = gitlab.world
    world.set_readable(world.merge_request(builders.PROJECT_PATH, 1), False)
    world.set_readable(world.issue(builders.PROJECT_PATH, 1), False)
    with pytest.raises(GitLabForbidden):
        reader.entity(PROJECT, MR, 1)
    with pytest.raises(GitLabNotFound):
        reader.entity(PROJECT, ISSUE, 1)
    world.feature_off(world.project(PROJECT), "merge_requests")
    with pytest.raises(GitLabForbidden):
        reader.list_page(PROJECT, MR, ListPosition())
    world.feature_off(world.project(PROJECT), "issues")
    assert reader.list_page(PROJECT, ISSUE, ListPosition()).items == ()
    world.forbid(world.project(PROJECT))
    with pytest.raises(GitLabNotFound):
        reader.project(PROJECT)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"expired": True}, "expired"),
        ({"revoked": True}, "revoked"),
        ({"scopes": ("read_user",)}, "insufficient_scope"),
        ({"text": "another"}, "unauthorized"),
    ],
)
def test_a_token_that_is_no_good_is_told_by_its_reason(
    closing: ExitStack, change: dict[str, object], reason: str
) -> None:
    world = sample_world()
    token = replace(world.tokens.pop(TOKEN), **change)  # type: ignore[arg-type]  # a test's shorthand
    world.add_token(token)
    gitlab = closing.enter_context(served(world))
    with pytest.raises(GitLabAuthFailed) as caught:
        reader_of(closing, gitlab).project(PROJECT)
    assert caught.value.details["reason"] == reason
    assert gitlab.requests.count() == 1


# faults


@pytest.mark.requirement("sync:rule-9")
@pytest.mark.parametrize(
    "effect",
    [
        effects.status(500),
        effects.status(502),
        effects.status(503, retry_after=2),
        effects.status(504),
        effects.status(408),
        effects.html(502),
        effects.html(200),
        effects.rate_limited("rack", retry_after=7),
        effects.rate_limited("rack"),
        effects.rate_limited("json", retry_after=7),
        effects.rate_limited("json"),
        effects.reset(),
        effects.truncated(),
        effects.invalid_json(),
        effects.no_paging_headers(),
        effects.duplicates(),
    ],
    ids=lambda _: "",
)
@pytest.mark.parametrize("after", [0, 1])
def test_a_fault_that_passes_leaves_no_trace(closing: ExitStack, effect: Effect, after: int) -> None:
    gitlab = start(closing, given_sets(builders.issue(3), NOTHING_ELSE_WRONG))
    gitlab.faults.add(effect, after=after)
    answer = reader_of(closing, gitlab).dependents(PROJECT, ISSUE, 3, DependentKind.DISCUSSIONS)
    assert [getattr(record, "gitlab_id", "") for record in answer.records] == [
        builders.sha(number) for number in range(1, 151)
    ]


@pytest.mark.requirement("sync:rule-9")
@pytest.mark.parametrize(
    ("effect", "error"),
    [
        (effects.status(500), GitLabUnavailable),
        (effects.status(503, retry_after=9_999), GitLabUnavailable),
        (effects.html(502), GitLabUnavailable),
        (effects.html(200), MalformedPayload),
        (effects.rate_limited("rack"), GitLabRateLimited),
        (effects.rate_limited("rack", retry_after=9_999), GitLabRateLimited),
        (effects.rate_limited("json"), GitLabRateLimited),
        (effects.reset(), GitLabUnavailable),
        (effects.truncated(), GitLabUnavailable),
        (effects.invalid_json(), MalformedPayload),
        (effects.paging_loop(), MalformedPayload),
        (effects.unauthorized(), GitLabAuthFailed),
        (effects.token_expired(), GitLabAuthFailed),
        (effects.project_gone(), GitLabNotFound),
        (effects.forbidden(), GitLabForbidden),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
@pytest.mark.parametrize("after", [0, 1])
def test_a_fault_that_stays_is_the_right_error_after_a_bounded_time(
    closing: ExitStack, effect: Effect, error: type[LoreError], after: int
) -> None:
    gitlab = start(closing, given_sets(builders.issue(3), NOTHING_ELSE_WRONG))
    gitlab.faults.add(effect, after=after, times=None)
    clock = MemoryClock()
    with pytest.raises(error) as caught:
        reader_of(closing, gitlab, clock).dependents(PROJECT, ISSUE, 3, DependentKind.DISCUSSIONS)
    assert type(caught.value) is error
    assert gitlab.requests.count() <= 8
    assert sum(clock.slept) <= 180_000
    assert TOKEN not in f"{caught.value} {caught.value.details}"


def test_a_server_that_hangs_is_unavailable(closing: ExitStack) -> None:
    gitlab = start(closing, given(builders.issue(3)))
    gitlab.faults.add(effects.hang(), times=None)
    reader = reader_of(closing, gitlab, timeout_s=0.1)
    with pytest.raises(GitLabUnavailable, match="in time"):
        reader.entity(PROJECT, ISSUE, 3)


@pytest.mark.requirement("sync:rule-14")
def test_closing_does_not_wait_for_a_request_that_hangs(closing: ExitStack) -> None:
    gitlab = start(closing, given(builders.issue(3)))
    gitlab.faults.add(effects.hang(), times=None)
    gitlabs = closing.enter_context(gitlabs_of(gitlab.url))
    reader = gitlabs.reader(INSTANCE)
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            reader.entity(PROJECT, ISSUE, 3)
        except GitLabUnavailable as error:
            ended.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    while not gitlab.requests.count() and thread.is_alive():
        thread.join(0.01)
    gitlabs.close()
    assert not ended
    gitlab.close()
    thread.join(10)
    assert len(ended) == 1
    with pytest.raises(GitLabUnavailable, match="closed"):
        reader.entity(PROJECT, ISSUE, 3)


def test_connections_are_used_again_and_never_more_than_at_once(closing: ExitStack) -> None:
    gitlab = start(closing, given(builders.issue(3)))
    reader = reader_of(closing, gitlab, concurrency=2)
    for _ in range(3):
        with ThreadPoolExecutor(4) as threads:
            for job in [threads.submit(reader.entity, PROJECT, ISSUE, 3) for _ in range(8)]:
                job.result()
    assert 1 <= len(gitlab._listener._open) <= 2


def test_a_server_that_is_not_there_is_unavailable(closing: ExitStack) -> None:
    with served(sample_world()) as gitlab:
        reader = reader_of(closing, gitlab)
    with pytest.raises(GitLabUnavailable, match="cannot be reached"):
        reader.project(PROJECT)


@pytest.mark.requirement("sync:rule-7")
@pytest.mark.parametrize(
    "effect",
    [
        effects.without_field("id", position=4),
        effects.with_field("iid", "many", position=4),
        effects.with_field("created_at", None, position=4),
        effects.with_field("author", "somebody", position=4),
        effects.with_field("labels", [[]], position=4),
    ],
    ids=["id", "iid", "created_at", "author", "labels"],
)
def test_a_malformed_record_in_a_list_is_set_aside_and_the_rest_comes(closing: ExitStack, effect: Effect) -> None:
    gitlab = start(closing, given(*(builders.issue(iid) for iid in range(1, 11))))
    gitlab.faults.add(effect)
    page = reader_of(closing, gitlab).list_page(PROJECT, ISSUE, ListPosition())
    assert (len(page.items), len(page.rejected)) == (9, 1)


@pytest.mark.parametrize("effect", [effects.paging_loop(), effects.no_paging_headers()], ids=["loop", "headers"])
@pytest.mark.parametrize("kind", list(EntityKind))
def test_a_walk_over_a_list_ends_whatever_its_headers_say(closing: ExitStack, effect: Effect, kind: EntityKind) -> None:
    make = builders.issue if kind is ISSUE else builders.merge_request
    gitlab = start(closing, given(*(make(iid, updated_at=builders.NOON + iid) for iid in range(1, 251))))
    gitlab.faults.add(effect, times=None)
    reader = reader_of(closing, gitlab)
    try:
        pages = walked(reader, kind)
    except MalformedPayload:
        return
    assert {found.value.iid for page in pages for found in page.items} == set(range(1, 251))


@pytest.mark.requirement("sync:rule-9")
def test_a_limit_is_kept_without_a_single_refusal(closing: ExitStack) -> None:
    gitlab = start(closing, given(builders.issue(3)), Settings(rate_limit=RateLimit(requests=60)))
    clock = MemoryClock(gitlab.world.now_ms // 60_000 * 60_000)
    gitlab.world.now_ms = clock.now_ms()
    clock.on_sleep = lambda milliseconds: gitlab.world.advance(milliseconds / 1000)
    reader = reader_of(closing, gitlab, clock)
    for _ in range(150):
        reader.entity(PROJECT, ISSUE, 3)
    statistics = reader.statistics()
    assert (statistics.rate_limited, statistics.retries) == (0, 0)
    assert 60_000 < statistics.waited_ms < 4 * 60_000


@pytest.mark.requirement("sync:rule-9")
def test_a_limit_that_is_told_only_when_it_is_hit_is_waited_out(closing: ExitStack) -> None:
    limit = RateLimit(requests=20, informed=False)
    gitlab = start(closing, given(builders.issue(3)), Settings(rate_limit=limit))
    clock = MemoryClock(gitlab.world.now_ms // 60_000 * 60_000)
    gitlab.world.now_ms = clock.now_ms()
    clock.on_sleep = lambda milliseconds: gitlab.world.advance(milliseconds / 1000)
    reader = reader_of(closing, gitlab, clock)
    for _ in range(50):
        reader.entity(PROJECT, ISSUE, 3)
    assert reader.statistics().rate_limited <= 2


# the settled time


@pytest.mark.requirement("sync:rule-3")
def test_the_servers_time_of_a_request_is_by_the_servers_clock(closing: ExitStack) -> None:
    gitlab = start(closing, given(builders.issue(3)))
    gitlab.world.now_ms = builders.NOON + 999
    answer = reader_of(closing, gitlab).dependents(PROJECT, ISSUE, 3, DependentKind.DISCUSSIONS)
    assert answer.server_requested_at == builders.NOON


# certificates


class _OneAnswer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"id": 77, "path_with_namespace": "group/app"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing to standard error."""


class _QuietServer(HTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that breaks off the handshake is what the test wants."""


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server with a certificate of its own making: its address, and the file to trust."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate of this test")
    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = _QuietServer(("127.0.0.1", 0), _OneAnswer)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}", certificate
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.requirement("sync:ca-file")
def test_a_certificate_of_ones_own_is_trusted_with_its_ca_file_only(
    encrypted: tuple[str, Path], closing: ExitStack
) -> None:
    url, certificate = encrypted
    trusting = closing.enter_context(gitlabs_of(url, ca_file=str(certificate))).reader(INSTANCE)
    assert trusting.project(77).value.path == "group/app"
    doubting = closing.enter_context(gitlabs_of(url)).reader(INSTANCE)
    with pytest.raises(GitLabUnavailable) as caught:
        doubting.project(77)
    assert "ca_file" in caught.value.suggestion
