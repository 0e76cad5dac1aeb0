"""The design constraints of surgical sync (sync.md section 3) on SQLite and real HTTP."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from adapters.memory.cancellation import MemoryCancellation
from adapters.sample_gitlab import effects
from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.messages import Request
from adapters.sample_gitlab.model import Issue, MergeRequest, Project
from adapters.sample_gitlab.world import World
from application.ports.embedding_stage import EmbeddingOutcome
from contracts.sample_servers import READER, sample_world
from domain.errors import Cancelled, GitLabForbidden, SurgicalPreflightFailed
from domain.refs import EntityKind, SourceKey, SourceType
from domain.runs import RunMode, RunPhase, RunStatus
from integration.mirror_pictures import compared, differences, server_picture, store_picture
from integration.real_house import RealHouse, inhabited

CONTENT = (
    "projects",
    "issues",
    "merge_requests",
    "discussions",
    "notes",
    "dependent_sets",
    "raw_payloads",
    "documents",
)
AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Home:
    """One project with an issue and a merge request; nothing has changed for an hour."""

    server: SampleGitLab
    house: RealHouse
    project: Project
    issue: Issue
    change: MergeRequest

    @property
    def world(self) -> World:
        return self.server.world

    def is_mirrored(self) -> bool:
        return differences(self.server, self.house.database) == []

    def contents(self) -> dict[str, int]:
        return {table: self.house.count(table) for table in CONTENT if self.house.count(table)}

    def work(self) -> dict[str, int]:
        tables = ("pending_dependent_fetches", "dirty_sources", "app_locks", "app_lock_waiters", "sync_cursors")
        return {table: self.house.count(table) for table in tables if self.house.count(table)}


@pytest.fixture
def home(tmp_path: Path, database: Path) -> Iterator[Home]:
    """`database` has put an empty store there."""
    assert database.parent == tmp_path
    world = sample_world()
    project = world.add_project("group/app")
    issue = world.create_issue(project, "The press jams", author=READER, description="On Mondays.")
    world.add_note(issue, "Have you tried oil?", author=READER, threaded=True)
    diff = {"old_path": "a.py", "new_path": "b.py", "diff": "@@ -1 +1 @@\n-a\n+b\n"}
    change = world.create_mr(project, "Oil it", author=READER, source_branch="oil", diffs=[diff], closes=[issue])
    world.add_note(change, "Looks good.", author=READER)
    world.advance(AN_HOUR)
    with inhabited(tmp_path, world) as (server, house):
        yield Home(server, house, project, issue, change)


@pytest.mark.requirement("surgical:C1", "surgical:C7", "surgical:C10")
def test_during_preflight_there_is_a_ledger_row_and_neither_lock_nor_content(home: Home) -> None:
    seen: list[tuple[object, ...]] = []

    def look(request: Request) -> None:
        if request.path.endswith(("/issues/1", "/merge_requests/1")):
            ledger = home.house.rows("SELECT mode, phase, status FROM sync_runs")
            seen.append((ledger, home.contents(), home.work()))

    home.server.on_request(look)
    home.house.refresh(home.issue, home.change)
    assert seen == [([("surgical", "preflight", "running")], {}, {})] * 2
    assert home.is_mirrored()


@pytest.mark.requirement("surgical:C1", "surgical:C10", "surgical:C14")
def test_dependents_are_fetched_under_the_lock_and_in_their_phase(home: Home) -> None:
    seen: set[tuple[object, ...]] = set()

    def look(request: Request) -> None:
        if "/discussions" in request.path:
            phases = home.house.rows("SELECT phase FROM sync_runs")
            seen.add((*phases, home.house.count("app_locks"), home.house.count("issues")))

    home.server.on_request(look)
    home.house.refresh(home.issue, home.change)
    assert seen == {(("dependents",), 1, 1)}
    assert home.work() == {}


class TestC2ScopedDocs:
    FOREIGN = "INSERT INTO dirty_sources (source_type, source_id, queued_at) VALUES ('issue', 999999, {at})"

    @pytest.mark.requirement("surgical:C2")
    @pytest.mark.parametrize("at", [1, 4_000_000_000_000])
    def test_a_foreign_dirty_row_from_before_stays(self, home: Home, at: int) -> None:
        home.house.write(self.FOREIGN.format(at=at))
        home.house.refresh(home.issue)
        assert home.house.rows("SELECT source_id, queued_at FROM dirty_sources") == [(999_999, at)]

    @pytest.mark.requirement("surgical:C2")
    @pytest.mark.parametrize("place", ["/issues/1", "/discussions"])
    def test_a_foreign_dirty_row_that_comes_during_the_run_stays(self, home: Home, place: str) -> None:
        def mark(request: Request) -> None:
            if request.path.endswith(place) and not home.house.count("dirty_sources WHERE source_id = 999999"):
                home.house.write(self.FOREIGN.format(at=home.house.clock.now_ms()))

        home.server.on_request(mark)
        home.house.refresh(home.issue)
        assert home.house.rows("SELECT source_id FROM dirty_sources") == [(999_999,)]
        assert home.house.count("documents") == 2

    @pytest.mark.requirement("surgical:C2")
    def test_threads_follow_their_item_and_swept_ones_go(self, home: Home) -> None:
        home.house.sync()
        home.world.set_title(home.issue, "Ink everywhere", by=READER)
        home.house.refresh(home.issue)
        titles = home.house.rows("SELECT DISTINCT title FROM documents WHERE item_kind = 'issue'")
        assert titles == [("Ink everywhere",)]
        note = next(note for note in home.issue.notes if not note.row["system"])
        home.world.delete_note(home.issue, note)
        home.house.refresh(home.issue)
        assert home.house.count("documents WHERE item_kind = 'issue' AND source_type = 'discussion'") == 0
        assert home.is_mirrored()


@dataclass
class EmbedderWithVisitors:
    """Port `EmbeddingStage`: while it embeds, it looks whether others can work."""

    home: Home
    asked: list[Sequence[SourceKey] | None] = field(default_factory=list)
    locks_seen: list[int] = field(default_factory=list)
    visits: list[RunStatus] = field(default_factory=list)

    def embed(
        self, keys: Sequence[SourceKey] | None, *, wait_ms: int, whole_at_most: int | None = None
    ) -> EmbeddingOutcome:
        assert wait_ms
        assert whole_at_most != 0
        self.asked.append(keys)
        self.locks_seen.append(self.home.house.count("app_locks WHERE name = 'sync'"))
        self.visits.append(replace(self.home.house, embedding=None).sync().run.status)
        return EmbeddingOutcome(chunks_embedded=0, pending=0, note="")


@pytest.mark.requirement("surgical:C3", "surgical:C11")
def test_another_sync_runs_while_only_what_was_regenerated_is_embedded(home: Home) -> None:
    home.house.sync()
    home.world.add_note(home.issue, "Oil did not help.", author=READER, threaded=True)
    home.world.advance(AN_HOUR)
    home.house.embedding = embedder = EmbedderWithVisitors(home)
    home.house.refresh(home.issue)
    assert [[key.source_type for key in asked or ()] for asked in embedder.asked] == [[SourceType.DISCUSSION]]
    assert embedder.locks_seen == [0]
    assert embedder.visits == [RunStatus.SUCCEEDED]


@pytest.mark.requirement("surgical:C4", "surgical:C5")
def test_neither_the_queue_nor_the_cursors_are_touched(home: Home) -> None:
    rule = home.server.faults.add(effects.forbidden(), "/discussions", times=None)
    home.house.sync()
    home.server.faults.remove(rule)
    work = ("SELECT * FROM pending_dependent_fetches", "SELECT * FROM sync_cursors")
    before = [home.house.rows(sql) for sql in work]
    home.world.set_title(home.issue, "Another title", by=READER)
    home.world.advance(AN_HOUR)
    home.house.refresh(home.issue)
    assert [home.house.rows(sql) for sql in work] == before
    assert len(before[0]) == 2
    behind = home.house.rows("SELECT iid FROM dependent_sets WHERE kind = 'issue' AND watermark IS NOT wanted_at")
    assert behind == []


@pytest.mark.requirement("surgical:C5", "sync:rule-3")
def test_what_was_unsettled_is_said_and_fetched_again_by_the_next_standard_sync(home: Home) -> None:
    home.house.sync()
    home.world.add_note(home.issue, "Just now.", author=READER)
    report = home.house.refresh(home.issue)
    assert report.entity_results[0].settled is False
    assert home.work() == {"sync_cursors": 2}
    home.world.advance(30)
    home.world.add_note(home.issue, "Within the minute: no timestamp moves.", author=READER)
    home.world.advance(AN_HOUR)
    home.house.sync()
    assert home.is_mirrored()


@pytest.mark.requirement("surgical:C6")
@pytest.mark.parametrize("failing", [1, 2, 3])
def test_if_any_target_fails_nothing_is_written(home: Home, failing: int) -> None:
    items = [home.issue, *(home.world.create_issue(home.project, f"More {n}", author=READER) for n in range(2))]
    home.server.faults.add(effects.forbidden(), f"/issues/{failing}$", times=None)
    with pytest.raises(SurgicalPreflightFailed):
        home.house.refresh(*items)
    assert home.contents() == home.work() == {}


@pytest.mark.requirement("surgical:C6")
def test_a_dependent_that_fails_stops_no_other(home: Home) -> None:
    home.server.faults.add(effects.status(500), "/issues/1/resource_label_events", times=None)
    report = home.house.refresh(home.issue, home.change)
    first, second = report.entity_results
    assert [one.stage for one in first.failures] == ["dependents:label_events"]
    assert second.complete
    assert report.suggested_retry_command == f"lore sync --issue-url {home.server.url}/group/app/-/issues/1"
    assert home.is_mirrored()


@pytest.mark.requirement("surgical:C9")
def test_all_failing_targets_are_told_with_their_reasons(home: Home) -> None:
    home.house.sync()
    broken = home.world.create_issue(home.project, "Unreachable", author=READER)
    home.world.delete(home.issue)
    home.world.set_readable(home.change, readable=False)
    home.server.faults.add(effects.status(502), f"/issues/{broken.iid}$", times=None)
    wanted = [(EntityKind.ISSUE, 1), (EntityKind.MERGE_REQUEST, 1), (EntityKind.ISSUE, broken.iid)]
    with pytest.raises(SurgicalPreflightFailed) as raised:
        home.house.refresh_named("group/app", *wanted, (EntityKind.ISSUE, 4711))
    told = raised.value.details["targets"]
    assert isinstance(told, list)
    assert [one["reason"] for one in told] == ["gone", "forbidden", "network", "not_found"]


@pytest.mark.requirement("surgical:C9")
def test_one_reason_for_all_is_raised_as_what_it_is(home: Home) -> None:
    home.world.set_readable(home.change, readable=False)
    with pytest.raises(GitLabForbidden):
        home.house.refresh(home.change)
    assert home.house.last_run.status is RunStatus.FAILED


@pytest.mark.requirement("surgical:C12", "surgical:C14")
def test_wherever_it_is_cancelled_nothing_is_held_and_nothing_is_half(home: Home) -> None:
    whole = server_picture(home.server)
    for check in range(1, 40):
        home.house.cancellation = MemoryCancellation(cancel_at=check)
        try:
            home.house.refresh(home.issue, home.change)
        except Cancelled:
            assert home.house.last_run.status is RunStatus.CANCELLED
        else:
            break
        assert home.work() == {}
        stored = store_picture(home.house.database)
        assert stored.keys() in (set(), whole.keys())
        assert all(stored[item]["title"] == whole[item]["title"] for item in stored)
        assert home.house.count("documents WHERE source_type <> 'discussion'") == len(stored)
    else:
        pytest.fail("it never came to its end")
    assert check > 5
    assert home.is_mirrored()


class TestC13StaleWrites:
    @pytest.fixture
    def slow(self, home: Home) -> RealHouse:
        """One request at a time: the first target is answered before the second is asked for."""
        home.house.sync()
        return replace(home.house, concurrency=1)

    def visit(self, home: Home, *, change: bool) -> None:
        """Somebody else refreshes the first target while the second one's preflight request is under way."""
        visits = [True]

        def hook(request: Request) -> None:
            if request.path.endswith("/merge_requests/1") and visits:
                visits.clear()
                if change:
                    home.world.set_title(home.issue, "Newer", by=READER)
                home.house.refresh(home.issue)

        home.server.on_request(hook)

    @pytest.mark.requirement("surgical:C13")
    def test_an_older_answer_in_flight_leaves_the_newer_row_alone(self, home: Home, slow: RealHouse) -> None:
        self.visit(home, change=True)
        report = slow.refresh(home.issue, home.change)
        assert [one.status for one in report.entity_results] == ["skipped_stale", "unchanged"]
        assert report.run.counters.skipped_stale == 1
        assert home.house.rows("SELECT title FROM issues") == [("Newer",)]
        assert home.is_mirrored()

    @pytest.mark.requirement("surgical:C13")
    def test_equal_updated_at_but_newer_last_seen_is_skipped(self, home: Home, slow: RealHouse) -> None:
        self.visit(home, change=False)
        report = slow.refresh(home.issue, home.change)
        assert [one.status for one in report.entity_results] == ["skipped_stale", "unchanged"]


@pytest.mark.requirement("surgical:C14")
def test_whichever_request_fails_no_queue_row_no_lock_and_no_own_dirty_row_is_left(home: Home) -> None:
    home.house.refresh(home.issue, home.change)
    requests = home.server.requests.count()
    for failing in range(requests):
        home.server.faults.clear()
        home.server.faults.add(effects.forbidden(), after=failing, times=1)
        home.world.set_title(home.issue, f"Title {failing}", by=READER)
        try:
            report = home.house.refresh(home.issue, home.change)
        except (SurgicalPreflightFailed, GitLabForbidden):
            assert home.house.last_run.phase is RunPhase.FAILED
        else:
            assert report.run.counters.failed == 1
            assert report.suggested_retry_command is not None
        assert home.work() == {}
    assert requests == 3 + 5 + 7


@pytest.mark.requirement("surgical:C15")
def test_preflight_only_writes_no_content_and_takes_no_lock(home: Home) -> None:
    seen: list[int] = []
    home.server.on_request(lambda _request: seen.append(home.house.count("app_locks")))
    report = home.house.refresh(home.issue, home.change, preflight_only=True)
    assert [one.status for one in report.entity_results] == ["found", "found"]
    assert home.contents() == home.work() == {}
    assert set(seen) == {0}
    assert len(seen) == 3
    assert home.house.last_run.mode is RunMode.SURGICAL


@pytest.mark.requirement("sync:paths")
@pytest.mark.parametrize("path", ["a.b/c-d_e.f/g--h", "A1/b2/c3/d4/e5/f6", "über.gruppe/проект-1", "x/issues/-_.y"])
def test_projects_of_every_legal_path_are_read(tmp_path: Path, path: str) -> None:
    world = sample_world()
    project = world.add_project(path, name="Ein schöner Name, 日本語")
    issue = world.create_issue(project, "Hello", author=READER)
    world.advance(AN_HOUR)
    with inhabited(tmp_path, world) as (server, house):
        house.refresh(issue)
        assert compared(server_picture(server), store_picture(house.database)) == []
        house.sync()
        assert compared(server_picture(server), store_picture(house.database)) == []
