"""A standard sync, two surgical syncs and a server that changes, in 200 orders (issue: what it must reach)."""

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from adapters.memory.content_store import Step
from adapters.memory.server.model import ServerItem, ServerProject
from application.ports.content_store import Transaction
from domain.errors import LoreError
from domain.refs import EntityKind, EntityRef
from killing import Killed, Killer
from scheduling import run_interleaved
from sync_house import INSTANCE, SyncHouse, everything, only

SEEDS = range(200)


class Neighbourhood:
    """A small project and everything that happens to it in one run."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.house = SyncHouse(page_size=self.random.choice([1, 2, 100]), seed=seed)
        self.house.gitlab.keyset_issues = self.random.random() < 0.5
        self.project: ServerProject = self.house.gitlab.create_project("group/app")
        self.items: list[ServerItem] = []
        for number in range(3):
            self.items.append(self.house.gitlab.create_issue(self.project, f"Issue {number}"))
            self.items.append(self.house.gitlab.create_merge_request(self.project, f"Change {number}"))
        for item in self.items:
            self.house.gitlab.comment(item, "First")
        if self.random.random() < 0.5:
            self.house.later()

    def mutate(self) -> None:
        for _ in range(12):
            self.random.choice(self._mutations())(self.random.choice(self.items))
            self.house.clock.sleep(self.random.choice([10, 1_000, 30_000, 70_000]))

    def _mutations(self) -> tuple[Callable[[ServerItem], object], ...]:
        gitlab = self.house.gitlab
        return (
            lambda item: gitlab.comment(item, f"Comment {self.random.random()}"),
            lambda item: gitlab.set_title(item, f"Title {self.random.random()}"),
            lambda item: gitlab.label(item, f"label-{self.random.randint(0, 3)}"),
            lambda item: gitlab.close(item) if item.entity.state == "opened" else None,
            lambda _item: self.items.append(gitlab.create_issue(self.project, "Newcomer")),
        )

    def surgical(self) -> None:
        for _ in range(2):
            chosen = self.random.sample(self.items[:6], 2)
            self.house.surgical()(only(*chosen))

    def standard(self) -> None:
        for _ in range(2):
            self.house.standard()(everything(self.project))

    def is_mirrored(self) -> bool:
        return self.house.store.dump().content.items == self.house.gitlab.dump(INSTANCE)


class NeverBack:
    """Looks at every commit: no row's `updated_at` goes back in time, and no note is lost that GitLab still has."""

    def __init__(self, here: Neighbourhood) -> None:
        self._here = here
        self._updated: dict[EntityRef, int] = {}
        self._threads: dict[EntityRef, frozenset[str]] = {}
        here.house.store.on_step = self.look

    def look(self, step: Step) -> None:
        if step is not Step.END:
            return
        with self._here.house.store.reading() as view:
            project = view.projects.find(INSTANCE, self._here.project.path)
            assert project is not None
            for item in self._here.items:
                self._look_at(view, EntityRef(project.project_id, item.kind, item.iid))

    def _look_at(self, view: Transaction, ref: EntityRef) -> None:
        stored, threads = view.entities.get(ref), view.dependents.discussion_ids(ref)
        if stored is not None:
            assert stored.updated_at >= self._updated.get(ref, 0), f"{ref} went back in time"
            assert threads >= self._threads.get(ref, frozenset()), f"{ref} lost a thread"
            self._updated[ref], self._threads[ref] = stored.updated_at, threads


@pytest.mark.requirement("surgical:interleavings")
@pytest.mark.parametrize("seed", SEEDS)
def test_once_things_are_quiet_the_store_equals_the_server(seed: int) -> None:
    here = Neighbourhood(seed)
    NeverBack(here)
    run_interleaved(
        seed,
        {
            "standard": here.standard,
            "surgical one": here.surgical,
            "surgical two": here.surgical,
            "server": here.mutate,
        },
        clock=here.house.clock,
        stores=[here.house.store],
        gitlabs=[here.house.gitlab],
        tick_ms=50,
    )
    here.house.later()
    here.standard()
    assert here.is_mirrored()
    dump = here.house.store.dump()
    assert (dump.jobs, dump.dirty) == ({}, {})
    assert here.house.held_locks() == set()
    kinds = {kind for kind in EntityKind if any(item.kind is kind for item in here.items)}
    assert {name.kind for name, _thread in dump.content.documents} == kinds


def killed_at(step: int | None, run: Callable[[SyncHouse, list[ServerItem]], object]) -> tuple[SyncHouse, Killer]:
    house = SyncHouse(page_size=3)
    project = house.gitlab.create_project("group/app")
    items = [house.gitlab.create_issue(project, f"Issue {n}") for n in range(3)]
    items += [house.gitlab.create_merge_request(project, f"Change {n}") for n in range(2)]
    for item in items:
        house.gitlab.comment(item, "A comment")
    house.later()
    killer = Killer(at=step)
    house.store.on_step = killer.step
    house.gitlab.requests.on_step = killer.step
    house.ledger.on_save = killer.step
    with suppress(Killed, LoreError):
        run(house, items)
    house.store.on_step = house.gitlab.requests.on_step = house.ledger.on_save = None
    return house, killer


@pytest.mark.requirement("surgical:killed-anywhere")
@pytest.mark.parametrize("mode", ["standard", "surgical"])
def test_killed_at_any_step_the_next_run_needs_no_repair(mode: str) -> None:
    def run(house: SyncHouse, items: list[ServerItem]) -> None:
        if mode == "standard":
            house.standard()(everything(items[0].project))
        else:
            house.surgical()(only(items[0], items[-1]))

    _, whole = killed_at(None, run)
    for step in range(1, whole.steps + 1):
        house, _ = killed_at(step, run)
        project = next(iter(house.gitlab.projects.values()))
        house.standard()(everything(project))
        dump = house.store.dump()
        assert dump.content.items == house.gitlab.dump(INSTANCE), step
        assert (dump.jobs, dump.dirty) == ({}, {}), step
        assert len(dump.content.documents) == 10, step
