"""Reads run side by side, writes one after the other, and only of what was read whole (sync.md rule 10)."""

from threading import Barrier, get_ident

import pytest

from adapters.memory.server.requests import Request, RequestStep
from adapters.threads.workers import ThreadWorkers
from domain.errors import GitLabUnavailable
from domain.refs import DependentKind
from sync_house import SyncHouse, everything

WIDTH = 4
PATIENCE_S = 20

pytestmark = pytest.mark.requirement("sync:rule-10")


class ThreadedHouse(SyncHouse):
    """The house with real threads."""

    @property
    def workers(self) -> ThreadWorkers:  # type: ignore[override]  # another kind of workers is the point
        return self._threads

    def __post_init__(self) -> None:
        super().__post_init__()
        self._threads = ThreadWorkers(WIDTH)


def test_as_many_reads_are_under_way_as_there_are_workers() -> None:
    house = ThreadedHouse()
    project = house.gitlab.create_project()
    for _ in range(WIDTH):
        house.gitlab.create_issue(project)
    house.later()
    together = Barrier(WIDTH, timeout=PATIENCE_S)
    waited: list[int] = []

    def wait_for_the_others(step: RequestStep, request: Request) -> None:
        first = step is RequestStep.BEGIN and request.dependent is DependentKind.DISCUSSIONS
        if first and get_ident() not in waited and len(waited) < WIDTH:
            waited.append(get_ident())
            together.wait()

    house.gitlab.requests.on_step = wait_for_the_others
    report = house.standard()(everything(project))
    assert not together.broken
    assert report.run.counters.created == WIDTH


def test_writes_are_made_by_one_thread() -> None:
    house = ThreadedHouse()
    project = house.gitlab.create_project()
    for _ in range(2 * WIDTH):
        house.gitlab.create_issue(project)
    house.later()
    writers: set[int] = set()
    house.store.on_step = lambda _step: writers.add(get_ident())
    house.standard()(everything(project))
    assert writers == {get_ident()}


def test_nothing_is_written_of_threads_whose_last_page_did_not_come() -> None:
    house = SyncHouse(page_size=2)
    project = house.gitlab.create_project()
    issue = house.gitlab.create_issue(project)
    for number in range(5):
        house.gitlab.comment(issue, f"Note {number}")
    house.later()
    house.gitlab.requests.fail(GitLabUnavailable("down"), dependent=DependentKind.DISCUSSIONS, page=3, times=None)
    house.standard()(everything(project))
    assert threads_stored(house) == 0
    house.gitlab.requests.heal()
    house.later()
    house.standard()(everything(project))
    assert threads_stored(house) == 5


def threads_stored(house: SyncHouse) -> int:
    (shown,) = house.store.dump().content.items.values()
    return len(shown.sets[DependentKind.DISCUSSIONS])
