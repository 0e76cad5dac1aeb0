"""Syncs in several processes on one store: hand-over of the lock, who holds it, and what a dead holder leaves."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.messages import Request
from adapters.system.clock import SystemClock
from contracts.sample_servers import READER, sample_world
from domain.errors import StoreLocked
from domain.refs import EntityKind
from domain.runs import RunMode, RunPhase, RunStatus
from integration.forked_runs import KILLED, ForkedRuns, Order, forked_runs
from integration.mirror_pictures import differences
from integration.real_house import RealHouse, inhabited

WORKERS = 8
ISSUES = 24
PATIENCE_S = 60
FIRST = (EntityKind.ISSUE, 1)


class Gate:
    """Holds up the requests for dependents of all issues but the first, until it is opened.

    It is reached when every worker of a sync stands before it: then that sync has nothing to write.
    """

    def __init__(self, server: SampleGitLab) -> None:
        self.reached = threading.Event()
        self._before = threading.Semaphore(WORKERS - 1)
        self._opened = threading.Event()
        server.on_request(self._hold)

    def open(self) -> None:
        self._opened.set()

    def _hold(self, request: Request) -> None:
        if not self._opened.is_set() and re.search(r"/issues/(?!1/)\d+/", request.path):
            if not self._before.acquire(blocking=False):
                self.reached.set()
            assert self._opened.wait(PATIENCE_S)


@dataclass(frozen=True, slots=True)
class TwoProcesses:
    server: SampleGitLab
    house: RealHouse
    """Of this process."""
    runs: ForkedRuns
    """In others."""
    gate: Gate

    @contextmanager
    def full_sync_elsewhere(self) -> Iterator["Future[int]"]:
        """A first full sync that has come to the dependents, where it holds the lock and waits at the gate."""
        with ThreadPoolExecutor(1) as pool:
            ended = pool.submit(self.runs.run, Order())
            try:
                assert self.gate.reached.wait(PATIENCE_S)
                yield ended
            finally:
                self.gate.open()

    def open_gate_when_somebody_waits(self) -> None:
        for _ in range(PATIENCE_S * 100):
            if self.house.count("app_lock_waiters"):
                break
            threading.Event().wait(0.01)
        self.gate.open()


@pytest.fixture
def two(tmp_path: Path, database: Path) -> Iterator[TwoProcesses]:
    """`database` has put an empty store there."""
    assert database.parent == tmp_path
    world = sample_world()
    project = world.add_project("group/app")
    for number in range(1, ISSUES + 1):
        issue = world.create_issue(project, f"Issue {number}", author=READER)
        world.add_note(issue, "Yes?", author=READER)
    world.advance(3600)
    with inhabited(tmp_path, world) as (server, house), forked_runs(house) as runs:
        yield TwoProcesses(server, replace(house, clock=SystemClock()), runs, Gate(server))


@pytest.mark.requirement("surgical:C1", "surgical:locks", "surgical:handover")
def test_a_running_full_sync_lets_a_surgical_one_in_and_ends_with_the_same_store(two: TwoProcesses) -> None:
    queued: list[int] = []

    def look(request: Request) -> None:
        if "/issues/1/discussions" in request.path:
            queued.append(two.house.count("pending_dependent_fetches"))

    two.server.on_request(look)
    with two.full_sync_elsewhere() as ended, ThreadPoolExecutor(1) as pool:
        pool.submit(two.open_gate_when_somebody_waits)
        report = two.house.refresh_named("group/app", FIRST)
        assert not ended.done()
    assert len(queued) == 2
    assert queued[-1] > ISSUES  # when the surgical run had its turn, much of the full one's work was still to do
    assert ended.result(PATIENCE_S) == 0
    assert [one.complete for one in report.entity_results] == [True]
    full, surgical = sorted(two.house.runs(), key=lambda run: run.mode is RunMode.SURGICAL)
    assert (full.finished_at or 0) > (surgical.finished_at or 0) > surgical.started_at > full.started_at
    assert full.status is surgical.status is RunStatus.SUCCEEDED
    assert differences(two.server, two.house.database) == []
    for table in ("pending_dependent_fetches", "dirty_sources", "app_locks", "app_lock_waiters"):
        assert two.house.count(table) == 0


@pytest.mark.requirement("surgical:locks")
def test_whoever_waits_in_vain_is_told_who_holds_the_lock(two: TwoProcesses) -> None:
    with two.full_sync_elsewhere() as ended:
        with pytest.raises(StoreLocked) as raised:
            two.house.refresh_named("group/app", FIRST, lock_wait_ms=100)
        assert raised.value.details["pid"] == two.runs.pid
        assert f"process {two.runs.pid}" in raised.value.message
        assert isinstance(raised.value.details["since"], int)
        assert two.server.requests.count("/issues/1$") == 1  # preflight needs no lock
        failed = two.house.runs(mode=RunMode.SURGICAL)[0]
        assert (failed.status, failed.phase) == (RunStatus.FAILED, RunPhase.FAILED)
    assert ended.result(PATIENCE_S) == 0
    assert differences(two.server, two.house.database) == []


@pytest.mark.requirement("surgical:locks")
def test_two_standard_syncs_do_not_run_at_once(two: TwoProcesses) -> None:
    with two.full_sync_elsewhere() as ended, pytest.raises(StoreLocked) as raised:
        two.house.sync(lock_wait_ms=100)
    assert raised.value.details["pid"] == two.runs.pid
    assert ended.result(PATIENCE_S) == 0


@pytest.mark.requirement("surgical:locks", "surgical:C10")
def test_a_killed_holder_is_shown_as_interrupted_and_its_lock_is_free_at_once(two: TwoProcesses) -> None:
    with two.full_sync_elsewhere() as ended:
        assert two.house.last_run.status is RunStatus.RUNNING
        two.runs.kill()
        assert ended.result(PATIENCE_S) == KILLED
        assert (two.house.last_run.status, two.house.last_run.phase) == (RunStatus.INTERRUPTED, RunPhase.DEPENDENTS)
        assert two.house.count("app_locks WHERE name = 'sync'") == 1  # the row is there, its owner is gone
        report = two.house.refresh_named("group/app", FIRST, lock_wait_ms=0)
        assert report.run.status is RunStatus.SUCCEEDED
    two.house.sync()
    assert differences(two.server, two.house.database) == []
    assert two.house.count("pending_dependent_fetches") == 0


@pytest.mark.requirement("sync:interleavings")
@pytest.mark.parametrize("seed", range(2))
def test_syncs_of_several_processes_and_a_changing_server_end_in_the_server_s_state(
    two: TwoProcesses, seed: int
) -> None:
    two.gate.open()
    world, project = two.server.world, two.server.world.project("group/app")
    count = 0

    def meddle(_request: Request) -> None:
        nonlocal count
        with world.lock:
            count += 1
            if count % 4 == 0 and count < 200:
                world.advance((1, 20, 100)[count % 3])
                issue = project.issues[1 + (count * 7 + seed) % 5]
                world.add_note(issue, f"Meanwhile {count}", author=READER)
                if count % 12 == 0:
                    world.set_title(issue, f"Title {count}", by=READER)

    two.server.on_request(meddle)
    with forked_runs(two.house) as others, ThreadPoolExecutor(2) as pool:
        targets = tuple(("issue", iid) for iid in range(1, 5))
        full = pool.submit(two.runs.run, Order())
        surgical = pool.submit(lambda: [others.run(Order(targets=targets[n : n + 2])) for n in (0, 1, 2)])
        two.house.refresh_named("group/app", FIRST, (EntityKind.ISSUE, 3))
        assert full.result(PATIENCE_S) == 0
        assert surgical.result(PATIENCE_S) == [0, 0, 0]
    two.server.forget_hooks()
    world.advance(3600)
    two.house.sync()
    assert differences(two.server, two.house.database) == []
    assert two.house.count("pending_dependent_fetches") == two.house.count("dirty_sources") == 0
