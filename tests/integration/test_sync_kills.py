"""Syncs that are killed at random points, by a request or by an SQL statement: the next one needs no repair."""

import os
import random
import re
import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.messages import Request
from adapters.sample_gitlab.model import Project
from adapters.sample_gitlab.rows import sha
from adapters.sample_gitlab.world import World
from contracts.sample_servers import READER, sample_world
from domain.refs import EntityKind
from domain.runs import RunPhase, RunStatus
from integration.forked_runs import KILLED, ForkedRuns, Order, forked_runs
from integration.mirror_pictures import Picture, store_picture
from integration.real_house import RealHouse, inhabited

KILLS = int(os.environ.get("LORE_TEST_KILLS", "200"))
"""More on demand."""
WORKERS = 8
TARGETS = (("issue", 1), ("issue", 2), ("merge_request", 1))
MOST_IN_A_ROW = 12
STAGES = set(RunPhase) - {RunPhase.DONE, RunPhase.FAILED}


def small_world(issues: int = 5, merge_requests: int = 3) -> World:
    """Its clock stands still, an hour after the last change."""
    world = sample_world()
    world.now_ms = 1_780_000_000_000
    project = world.add_project("group/app")
    for number in range(1, issues + 1):
        world.create_issue(project, f"Issue {number}", author=READER, description=f"See #{number % 3 + 1}.")
        world.advance(61)
        if number < 10:
            _talk(world, project, number)
    for number in range(1, merge_requests + 1):
        diff = {"old_path": f"src/{number}.py", "new_path": f"src/{number}.py", "diff": "@@ -1 +1 @@\n-a\n+b\n"}
        commit = {"id": sha(number), "message": "Mend it", "author_name": "R", "authored_date": world.now}
        closes = [project.issues[number]] if number in project.issues else []
        mr = world.create_mr(
            project,
            f"Change {number}",
            author=READER,
            source_branch=f"b{number}",
            diffs=[diff],
            commits=[commit],
            closes=closes,
        )
        world.add_note(mr, f"Is this #{number}?", author=READER, threaded=True)
        world.advance(61)
    world.advance(3600)
    return world


def _talk(world: World, project: Project, number: int) -> None:
    issue = project.issues[number]
    note = world.add_note(issue, f"A thread of {number}.", author=READER, threaded=True)
    world.add_note(issue, "A reply.", author=READER, reply_to=world.discussion_of(issue, note))
    world.add_label(issue, f"label {number % 2}", by=READER)
    world.close(issue, by=READER)
    world.advance(61)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that a sync leaves behind, but for local keys and the moments at which it was fetched."""

    items: Picture
    documents: list[tuple[Any, ...]]
    references: list[tuple[Any, ...]]
    sets: list[tuple[Any, ...]]
    cursors: list[tuple[Any, ...]]
    payloads: list[tuple[Any, ...]]
    left_over: dict[str, int]
    complaints: list[tuple[Any, ...]]


def snapshot(database: Path) -> Snapshot:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:

        def rows(sql: str) -> list[tuple[Any, ...]]:
            return connection.execute(sql).fetchall()

        work = ("pending_dependent_fetches", "dirty_sources", "app_locks", "app_lock_waiters", "sync_quarantine")
        counts = {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in work}  # noqa: S608 - our own names
        counts["documents without a text"] = rows(
            "SELECT count(*) FROM documents WHERE id NOT IN (SELECT rowid FROM documents_fts)"
        )[0][0]
        counts["texts without a document"] = rows(
            "SELECT count(*) FROM documents_fts WHERE rowid NOT IN (SELECT id FROM documents)"
        )[0][0]
        return Snapshot(
            items=store_picture(database),
            documents=rows(
                "SELECT source_type, item_kind, iid, title, parts_json, labels_json, people_json, paths_json, state,"
                " content_hash FROM documents ORDER BY item_kind, iid, source_type, parts_json"
            ),
            references=rows(
                "SELECT source_kind, coalesce(i.iid, m.iid), n.gitlab_id, target_project_path, target_kind, target_iid,"
                " target_gitlab_id, relation, origin, r.created_at FROM entity_references r"
                " LEFT JOIN issues i ON source_kind = 'issue' AND i.id = source_entity_id"
                " LEFT JOIN merge_requests m ON source_kind <> 'issue' AND m.id = source_entity_id"
                " LEFT JOIN notes n ON n.id = source_note_id ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9"
            ),
            sets=rows("SELECT kind, iid, dependent, wanted_at, watermark FROM dependent_sets ORDER BY 1, 2, 3"),
            cursors=rows("SELECT kind, cursor FROM sync_cursors ORDER BY 1"),
            payloads=rows(  # an item's own differs between a list and the item's address
                "SELECT kind, iid, dependent, iif(dependent = '', NULL, payload) FROM raw_payloads ORDER BY 1, 2, 3"
            ),
            left_over=counts,
            complaints=[*rows("PRAGMA foreign_key_check"), *rows("PRAGMA integrity_check")],
        )


@dataclass
class Countdown:
    """Counts requests, and calls out at a chosen one."""

    server: SampleGitLab
    at: int | None = None
    path: str = ""
    """A regular expression: which requests count."""
    count: int = 0
    reached: Callable[[], object] = lambda: None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.server.on_request(self._hear)

    def set(self, at: int | None, reached: Callable[[], object]) -> None:
        self.count, self.at, self.reached = 0, at, reached

    def _hear(self, request: Request) -> None:
        if not re.search(self.path, request.target):
            return
        with self._turn:
            self.count += 1
            if self.count == self.at:
                self.reached()


@dataclass
class Killing:
    """One small GitLab, and a process that runs syncs of it."""

    server: SampleGitLab
    house: RealHouse
    runs: ForkedRuns
    countdown: Countdown
    empty: Path
    whole: Snapshot
    """What a sync that nobody disturbs leaves."""
    requests: int
    """How many it makes."""

    def start_over(self) -> None:
        for path in self.house.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copy(self.empty, self.house.database)
        self.server.requests.clear()

    def finish(self) -> None:
        self.countdown.set(None, self.runs.kill)
        assert self.runs.run(Order()) == 0

    def die_on_request(self, number: int, targets: tuple[tuple[str, int], ...] = ()) -> bool:
        """Whether it was killed; with fewer requests it came to its end."""
        self.countdown.set(number, self.runs.kill)
        return self._died(Order(targets=targets))

    def die_at_statement(self, number: int, targets: tuple[tuple[str, int], ...] = ()) -> bool:
        self.countdown.set(None, self.runs.kill)
        return self._died(Order(targets=targets, dies_at_statement=number))

    def _died(self, order: Order) -> bool:
        ended = self.runs.run(order)
        assert ended in {0, KILLED}
        return ended == KILLED

    def fetched_again(self) -> int:
        """Dependent sets that were answered more than once."""
        answered = Counter(
            entry.target
            for entry in self.server.requests.matching(r"/(issues|merge_requests)/\d+/")
            if entry.status == 200
        )
        return sum(count - 1 for count in answered.values())


@pytest.fixture(scope="module")
def killing(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Killing]:
    folder = tmp_path_factory.mktemp("killing")
    with inhabited(folder, small_world()) as (server, house):
        countdown = Countdown(server)
        house.sync()
        with forked_runs(house) as runs:
            yield Killing(server, house, runs, countdown, empty_database, snapshot(house.database), countdown.count)


def struck(killing: Killing, chance: random.Random, targets: tuple[tuple[str, int], ...] = ()) -> bool:
    """One run that is killed at a random request or statement, mostly an early one; False if it came to its end."""
    is_early = chance.random() < 0.8
    if chance.random() < 0.5:
        return killing.die_on_request(chance.randint(1, 15 if is_early else killing.requests), targets)
    return killing.die_at_statement(chance.randint(1, 300 if is_early else 1000), targets)


@pytest.mark.requirement("sync:kill-9", "sync:rule-1", "sync:rule-4", "surgical:C10")
@pytest.mark.parametrize("seed", range(4))
def test_a_killed_sync_goes_on_as_if_nothing_had_happened(killing: Killing, seed: int) -> None:
    chance, kills = random.Random(seed), 0
    while kills < KILLS * 3 // 16:
        killing.start_over()
        died = 0
        while died < MOST_IN_A_ROW and struck(killing, chance):
            died += 1
        killing.finish()
        kills += died
        assert snapshot(killing.house.database) == killing.whole
        assert killing.fetched_again() <= died * WORKERS
        assert killing.server.requests.count(r"/(issues|merge_requests)\?") <= 2 * (died + 2)
        runs = killing.house.runs(limit=None)
        assert {run.status for run in runs} <= {RunStatus.SUCCEEDED, RunStatus.INTERRUPTED}
        assert all(run.phase in STAGES for run in runs if run.status is RunStatus.INTERRUPTED)


@pytest.mark.requirement("sync:kill-9", "surgical:C14", "surgical:C10")
def test_killed_surgical_syncs_between_killed_standard_ones_need_no_repair(killing: Killing) -> None:
    chance, kills = random.Random(99), 0
    while kills < KILLS // 4:
        killing.start_over()
        died = sum(struck(killing, chance, chance.choice([TARGETS, TARGETS, ()])) for _ in range(MOST_IN_A_ROW))
        killing.finish()
        kills += died
        assert snapshot(killing.house.database) == killing.whole


@pytest.mark.requirement("sync:kill-9", "sync:rule-1")
@pytest.mark.parametrize("page", [2, 3, 4])
def test_a_list_that_was_killed_is_read_on_from_its_last_page(tmp_path: Path, page: int) -> None:
    with inhabited(tmp_path, small_world(issues=350, merge_requests=0)) as (server, house), forked_runs(house) as runs:
        lists = Countdown(server, path=r"/issues\?")
        lists.set(page, runs.kill)
        assert runs.run(Order()) == KILLED
        items = Countdown(server, path=r"/issues/\d+/")
        items.set(1, runs.kill)
        assert runs.run(Order()) == KILLED
        # The page that was asked for, the one before it where the kill came before its commit, and those to come.
        assert lists.count - page <= 350 // 100 + 1 - (page - 2)
        assert len(store_picture(house.database)) == 350


@pytest.mark.requirement("surgical:C10", "surgical:C14")
def test_a_killed_surgical_sync_holds_nobody_up_and_shows_how_far_it_came(killing: Killing) -> None:
    for request, phase in ((2, RunPhase.PREFLIGHT), (7, RunPhase.DEPENDENTS)):
        killing.start_over()
        assert killing.die_on_request(request, TARGETS)
        run = killing.house.last_run
        assert (run.status, run.phase) == (RunStatus.INTERRUPTED, phase)
        report = killing.house.refresh_named("group/app", *((EntityKind(kind), iid) for kind, iid in TARGETS))
        assert all(result.complete and result.settled for result in report.entity_results)
        left = snapshot(killing.house.database)
        assert left.left_over["pending_dependent_fetches"] == left.left_over["app_locks"] == 0
        assert left.cursors == []
        mine = {
            item: told
            for item, told in killing.whole.items.items()
            if item in {"group/app#1", "group/app#2", "group/app!1"}
        }
        assert left.items == mine
