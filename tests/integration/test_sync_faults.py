"""Faults of every kind of a GitLab and of the network: each ends in the right result or the right error."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from adapters.sample_gitlab import effects
from adapters.sample_gitlab.faults import Effect
from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.messages import Request, Response
from adapters.sample_gitlab.model import Issue, MergeRequest, Project
from adapters.sample_gitlab.world import World
from application.ports.document_search import SearchFilter
from application.search.search_documents import SearchQuestion, SearchResult
from contracts.sample_servers import READER, TOKEN, sample_world
from domain.errors import (
    FileError,
    GitLabAuthFailed,
    GitLabForbidden,
    GitLabNotFound,
    GitLabRateLimited,
    GitLabUnavailable,
    LoreError,
    MalformedPayload,
    StoreError,
)
from domain.runs import RunStatus
from integration.mirror_pictures import differences
from integration.real_house import RealHouse, inhabited

pytestmark = pytest.mark.requirement("sync:faults")
TEN_MINUTES = 600_000
THREADS = 102
"""More than a page of the issue's discussions."""


@dataclass(frozen=True, slots=True)
class Home:
    server: SampleGitLab
    house: RealHouse
    project: Project

    @property
    def world(self) -> World:
        return self.server.world

    @property
    def issue(self) -> Issue:
        return self.project.issues[1]

    @property
    def change(self) -> MergeRequest:
        return self.project.merge_requests[1]

    def differences(self) -> list[str]:
        return differences(self.server, self.house.database)

    def heal(self) -> None:
        """The faults end, and the time of the next attempt comes."""
        self.server.faults.clear()
        self.server.forget_hooks()
        self.house.clock.sleep(TEN_MINUTES)


@pytest.fixture
def home(tmp_path: Path, database: Path) -> Iterator[Home]:
    """`database` has put an empty store there."""
    assert database.parent == tmp_path
    world = sample_world()
    project = world.add_project("group/app")
    issue = world.create_issue(project, "The press jams", author=READER)
    for number in range(THREADS):
        world.add_note(issue, f"Comment {number}", author=READER)
    world.create_issue(project, "Another", author=READER)
    change = world.create_mr(project, "Oil it", author=READER, source_branch="oil")
    world.add_note(change, "Looks good.", author=READER, threaded=True)
    world.advance(3600)
    with inhabited(tmp_path, world) as (server, house):
        yield Home(server, replace(house, timeout_s=0.3), project)


FAULTS: dict[str, tuple[Callable[[], Effect], type[LoreError]]] = {
    "429 of the rack": (effects.rate_limited, GitLabRateLimited),
    "429 of the rack with a time": (lambda: effects.rate_limited(retry_after=20), GitLabRateLimited),
    "429 of the application": (lambda: effects.rate_limited("json"), GitLabRateLimited),
    "429 of the application with a time": (lambda: effects.rate_limited("json", retry_after=3), GitLabRateLimited),
    "408": (lambda: effects.status(408), GitLabUnavailable),
    "500": (lambda: effects.status(500), GitLabUnavailable),
    "502": (lambda: effects.status(502), GitLabUnavailable),
    "503": (lambda: effects.status(503), GitLabUnavailable),
    "503 with a time": (lambda: effects.status(503, retry_after=5), GitLabUnavailable),
    "504": (lambda: effects.status(504), GitLabUnavailable),
    "reset": (effects.reset, GitLabUnavailable),
    "hang": (effects.hang, GitLabUnavailable),
    "truncated": (effects.truncated, GitLabUnavailable),
    "invalid JSON": (effects.invalid_json, MalformedPayload),
    "error page": (effects.html, GitLabUnavailable),
    "page instead of JSON": (lambda: effects.html(200), MalformedPayload),
}
LASTING: dict[str, tuple[Callable[[], Effect], type[LoreError]]] = {
    "401": (effects.unauthorized, GitLabAuthFailed),
    "expired": (effects.token_expired, GitLabAuthFailed),
    "403": (effects.forbidden, GitLabForbidden),
    "404": (effects.project_gone, GitLabNotFound),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_passes_is_overcome_by_both_syncs(home: Home, fault: str) -> None:
    make, _ = FAULTS[fault]
    for place in ("/projects/group", "/issues/1$", "/issues/1/discussions"):
        home.server.faults.add(make(), place, times=2)
    report = home.house.refresh(home.issue, home.change)
    assert report.run.failures == ()
    assert home.house.count("notes") == THREADS + 1
    home.server.faults.clear()
    for place in ("/projects/group", r"/issues\?", r"/merge_requests\?", "/issues/2/discussions"):
        home.server.faults.add(make(), place, times=2)
    run = home.house.sync().run
    assert run.failures == ()
    assert run.requests.retries == 8
    assert home.differences() == []


@pytest.mark.parametrize("fault", [*FAULTS, *LASTING])
def test_what_does_not_pass_is_the_right_error_of_both_syncs(home: Home, fault: str) -> None:
    make, error = (FAULTS | LASTING)[fault]
    home.house.sync()
    before = home.house.rows("SELECT kind, cursor FROM sync_cursors")
    home.world.set_title(home.issue, "Unseen", by=READER)
    for place in (r"/(issues|merge_requests)\?", "/issues/1$"):
        home.server.faults.add(make(), place, times=None)
    for run in (home.house.sync, lambda: home.house.refresh(home.issue)):
        with pytest.raises(LoreError) as raised:
            run()
        assert isinstance(raised.value, error) or raised.value.code == "SURGICAL_PREFLIGHT_FAILED"
        assert raised.value.message
        assert raised.value.suggestion
        assert home.house.last_run.status is RunStatus.FAILED
        assert home.house.count("app_locks") == 0
    assert home.house.rows("SELECT kind, cursor FROM sync_cursors") == before
    home.heal()
    home.world.advance(3600)
    home.house.sync()
    assert home.differences() == []


IMPATIENT = [name for name, (_, error) in FAULTS.items() if error is GitLabRateLimited]


@pytest.mark.requirement("sync:rule-4")
@pytest.mark.parametrize("fault", IMPATIENT)
def test_a_server_that_asks_for_patience_is_asked_nothing_more_and_the_rest_stays_queued(
    home: Home, fault: str
) -> None:
    home.server.faults.add(FAULTS[fault][0](), "/issues/1/discussions", times=None)
    run = home.house.sync().run
    assert [(one.stage, one.code) for one in run.failures] == [("dependents:discussions", GitLabRateLimited.code)]
    queued = home.house.rows("SELECT iid, attempts FROM pending_dependent_fetches")
    assert (1, 1) in queued
    assert {attempts for _, attempts in queued} <= {0, 1}
    home.heal()
    home.house.sync()
    assert home.differences() == []
    assert home.house.count("pending_dependent_fetches") == 0


@pytest.mark.requirement("sync:rule-4")
@pytest.mark.parametrize("fault", [name for name in (*FAULTS, "403") if name not in IMPATIENT])
def test_a_set_that_fails_stays_queued_and_nothing_else_suffers(home: Home, fault: str) -> None:
    make, error = (FAULTS | LASTING)[fault]
    home.server.faults.add(make(), "/issues/1/discussions", times=None)
    run = home.house.sync().run
    assert [(one.stage, one.code, one.iid) for one in run.failures] == [("dependents:discussions", error.code, 1)]
    ((iid, attempts, told),) = home.house.rows("SELECT iid, attempts, last_error FROM pending_dependent_fetches")
    assert (iid, attempts) == (1, 1)
    assert told.startswith(error.code)
    assert all(" discussions: " in one for one in home.differences())
    assert home.house.count("notes") == 1
    home.heal()
    home.house.sync()
    assert home.differences() == []
    assert home.house.count("pending_dependent_fetches") == 0


def test_a_token_that_ceases_to_be_valid_on_the_way_ends_the_asking(home: Home) -> None:
    home.server.faults.add(effects.unauthorized(), after=4, times=None)
    run = home.house.sync().run
    assert run.failures[0].code == GitLabAuthFailed.code
    assert run.requests.requests <= 4 + 8 + 8
    home.heal()
    home.house.sync()
    assert home.differences() == []


def test_a_project_that_vanishes_on_the_way_loses_nothing(home: Home) -> None:
    home.house.sync()
    home.world.set_title(home.issue, "Unseen", by=READER)

    def vanish(request: Request) -> None:
        if "/discussions" in request.path:
            home.world.forbid(home.project)

    home.server.on_request(vanish)
    run = home.house.sync().run
    assert {one.code for one in run.failures} == {GitLabNotFound.code}
    assert home.house.count("issues WHERE deleted_at IS NULL") == 2
    with pytest.raises(GitLabNotFound):
        home.house.sync()
    assert home.house.count("notes WHERE deleted_at IS NULL") == THREADS + 1
    home.heal()
    home.world.allow(home.project)
    home.world.advance(3600)
    home.house.sync()
    assert home.differences() == []


def test_a_permission_lost_on_the_way_is_one_failure(home: Home) -> None:
    def lose(request: Request) -> None:
        if "/merge_requests/1/" in request.path:
            home.world.set_readable(home.change, readable=False)

    home.server.on_request(lose)
    run = home.house.sync().run
    assert {one.code for one in run.failures} == {GitLabForbidden.code}
    home.heal()
    home.world.set_readable(home.change, readable=True)
    home.house.sync()
    assert home.differences() == []


@pytest.mark.requirement("sync:rule-7")
@pytest.mark.parametrize("place", [r"/issues\?", r"/issues/1/discussions\?"])
@pytest.mark.parametrize("bad", ["created_at", "id"])
def test_a_malformed_record_is_quarantined_and_the_others_are_kept(home: Home, place: str, bad: str) -> None:
    field = "individual_note" if "discussions" in place and bad == "created_at" else bad
    home.server.faults.add(effects.without_field(field), place, times=1)
    run = home.house.sync().run
    assert run.counters.quarantined == 1
    assert home.house.count("sync_quarantine") == 1
    whole = 2 + THREADS + 1
    assert whole - THREADS - 1 <= home.house.count("issues") + home.house.count("notes") <= whole
    home.heal()
    home.house.sync(full=True)
    assert home.differences() == []
    assert home.house.count("sync_quarantine") == 0


@pytest.fixture
def many(home: Home) -> Home:
    """More than a page of issues."""
    for number in range(105):
        home.world.create_issue(home.project, f"Issue {number}", author=READER)
        home.world.advance(1)
    home.world.advance(3600)
    return home


@pytest.mark.requirement("sync:rule-2")
@pytest.mark.parametrize("effect", [effects.no_paging_headers, effects.duplicates])
def test_odd_pages_are_read_to_their_end(many: Home, effect: Callable[[], Effect]) -> None:
    many.server.faults.add(effect(), r"/issues(/1/discussions)?\?", times=None)
    assert many.house.sync().run.failures == ()
    assert many.differences() == []


@pytest.mark.requirement("sync:rule-2")
def test_a_list_that_goes_in_circles_is_given_up(many: Home) -> None:
    many.server.faults.add(effects.paging_loop(), r"/(issues|merge_requests)\?", times=None)
    try:
        codes = {one.code for one in many.house.sync().run.failures}
    except MalformedPayload as error:
        codes = {error.code}
    assert codes <= {MalformedPayload.code}
    assert many.server.requests.count(r"/(issues|merge_requests)\?") < 20
    many.heal()
    many.house.sync()
    assert many.differences() == []


def test_discussions_that_go_in_circles_are_given_up(home: Home) -> None:
    home.server.faults.add(effects.paging_loop(), "/issues/1/discussions", times=None)
    (failure,) = home.house.sync().run.failures
    assert failure.code == MalformedPayload.code
    assert home.server.requests.count("/issues/1/discussions") < 10


@contextmanager
def small_disk(pages: int) -> Iterator[None]:
    """Databases that are opened meanwhile cannot grow beyond so many pages."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


@pytest.mark.requirement("sync:full-disk")
def test_a_full_disk_is_told_and_nothing_is_lost(home: Home) -> None:
    ((pages,),) = home.house.rows("PRAGMA page_count")
    for room in (0, 1, 2, 4, 8):
        with small_disk(pages + room), pytest.raises((StoreError, FileError)) as raised:
            home.house.sync()
        assert "full" in raised.value.message
        assert raised.value.suggestion
        assert home.house.rows("PRAGMA integrity_check") == [("ok",)]
    home.house.sync()
    assert home.differences() == []
    assert home.house.count("app_locks") == home.house.count("pending_dependent_fetches") == 0


@pytest.mark.requirement("surgical:foreign-host")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_redirect_never_leads_to_another_server(home: Home, host: str) -> None:
    """One to another port of the same host is taken for the configured server behind its proxy (FACTS.md b)."""
    with SampleGitLab(sample_world()) as foreign:
        port = foreign.url.rpartition(":")[2]
        away = Response(301, b"", (("Location", f"http://{host}:{port}/api/v4/projects/1"),))
        home.server.faults.add(lambda _request, _answer: away, "/projects/group", times=None)
        for run in (home.house.sync, lambda: home.house.refresh(home.issue)):
            with nullcontext() if host == "127.0.0.1" else pytest.raises(GitLabUnavailable, match="does not follow"):
                run()
        assert foreign.requests.count() == 0
        assert TOKEN not in str(home.house.runs())


@pytest.mark.requirement("sync:rule-11")
def test_a_renamed_project_is_followed_and_keeps_its_data(home: Home) -> None:
    home.house.sync()
    home.world.rename_project(home.project, "group/renamed")
    home.world.set_title(home.issue, "Since then", by=READER)
    home.world.advance(3600)
    home.house.sync("group/app", full=True)
    assert home.differences() == []
    assert home.house.rows("SELECT path FROM project_aliases") == [("group/app",)]


@pytest.mark.requirement("sync:rule-11")
def test_what_is_found_in_a_renamed_project_tells_its_new_address(home: Home) -> None:
    home.house.sync()
    home.world.rename_project(home.project, "group/renamed")
    home.world.advance(3600)
    home.house.sync("group/app")
    with home.house.opened() as box:
        answer = box.search_documents()(SearchQuestion(text=home.issue.row["title"], filter=SearchFilter()))
    told = {address for result in answer.results for address in (result.web_url, *_addresses(result))}
    assert told
    assert {address.partition("/-/")[0] for address in told} == {f"{home.house.url}/group/renamed"}
    assert home.house.rows("SELECT count(*) FROM documents WHERE web_url NOT LIKE '%/group/renamed/-/%'") == [(0,)]


def _addresses(result: SearchResult) -> list[str]:
    return [passage.web_url for passage in result.passages]
