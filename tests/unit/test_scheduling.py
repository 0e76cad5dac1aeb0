"""The deterministic scheduler."""

from collections.abc import Callable
from functools import partial
from threading import Lock

import pytest

from adapters.memory.clock import START, MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.gitlab import MemoryGitLab
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from application.ports.locks import SYNC
from domain.errors import StoreLocked
from scheduling import Deadlock, Interleaving, run_interleaved


def letters(interleaving: Interleaving[None], said: list[str], letter: str, times: int) -> Callable[[], None]:
    def say() -> None:
        for _ in range(times):
            said.append(letter)
            interleaving.switch()

    return say


def spoken(seed: int) -> str:
    interleaving: Interleaving[None] = Interleaving(seed, MemoryClock())
    said: list[str] = []
    interleaving.run({letter: letters(interleaving, said, letter, 8) for letter in "abc"})
    return "".join(said)


def test_the_same_seed_gives_the_same_order() -> None:
    assert spoken(7) == spoken(7)


def test_other_seeds_give_other_orders() -> None:
    assert len({spoken(seed) for seed in range(20)}) > 15


def test_nothing_is_lost_in_any_order() -> None:
    assert all(sorted(spoken(seed)) == sorted("abc" * 8) for seed in range(20))


def test_only_one_runs_at_a_time() -> None:
    interleaving: Interleaving[None] = Interleaving(1, MemoryClock())
    alone = Lock()

    def work() -> None:
        for _ in range(50):
            assert alone.acquire(blocking=False)
            alone.release()
            interleaving.switch()

    interleaving.run({"a": work, "b": work})


def test_results_come_back_by_name() -> None:
    assert run_interleaved(0, {"a": lambda: 1, "b": lambda: 2}, clock=MemoryClock()) == {"a": 1, "b": 2}


def fail(error: BaseException) -> None:
    raise error


def test_what_a_callable_raises_is_raised_after_the_others_have_ended() -> None:
    interleaving: Interleaving[None] = Interleaving(3, MemoryClock())
    said: list[str] = []
    tasks = {"a": letters(interleaving, said, "a", 5), "b": lambda: fail(ValueError("told to"))}
    with pytest.raises(ValueError, match="told to"):
        interleaving.run(tasks)
    assert said == ["a"] * 5


def test_several_errors_are_raised_together() -> None:
    tasks = {"a": lambda: fail(ValueError("one")), "b": lambda: fail(KeyError("two"))}
    with pytest.raises(BaseExceptionGroup) as caught:
        run_interleaved(0, tasks, clock=MemoryClock())
    assert {type(error) for error in caught.value.exceptions} == {ValueError, KeyError}


def test_time_stands_still_while_somebody_can_run() -> None:
    clock = MemoryClock()
    interleaving: Interleaving[int] = Interleaving(0, clock)
    clock.sleeper = interleaving.sleep

    def busy() -> int:
        for _ in range(100):
            interleaving.switch()
        return clock.now_ms()

    def sleepy() -> int:
        clock.sleep(500)
        return clock.now_ms()

    assert interleaving.run({"busy": busy, "sleepy": sleepy}) == {"busy": START, "sleepy": START + 500}


def test_when_all_wait_time_goes_on_to_the_first_who_wakes() -> None:
    clock = MemoryClock()
    woken: list[str] = []

    def wait(name: str, milliseconds: int) -> Callable[[], None]:
        def work() -> None:
            clock.sleep(milliseconds)
            woken.append(name)

        return work

    run_interleaved(0, {"late": wait("late", 300), "soon": wait("soon", 100)}, clock=clock)
    assert woken == ["soon", "late"]
    assert clock.monotonic_ms() == 300


def test_ticks_let_time_go_on_while_others_run() -> None:
    clock = MemoryClock()
    interleaving: Interleaving[None] = Interleaving(0, clock, tick_ms=10)
    interleaving.run({"a": letters(interleaving, [], "a", 20)})
    assert 0 < clock.monotonic_ms() <= 200


def test_endless_waiting_for_nothing_is_found() -> None:
    clock = MemoryClock()
    liveness = MemoryLiveness()
    locks = MemoryLocks(clock, liveness)
    locks.plant(SYNC)

    def wait_for_ever() -> None:
        while True:
            clock.sleep(100)

    with pytest.raises(Deadlock, match="waits"):
        run_interleaved(0, {"waits": wait_for_ever}, clock=clock)


def test_waiting_in_which_something_happens_may_go_on_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.MAX_IDLE_WAITS", 5)
    clock = MemoryClock()
    interleaving: Interleaving[None] = Interleaving(0, clock)
    clock.sleeper = interleaving.sleep

    def poll() -> None:
        for _ in range(20):
            clock.sleep(100)
            interleaving.switch()

    interleaving.run({"polls": poll})
    assert clock.monotonic_ms() == 2_000


def test_a_callable_that_blocks_on_something_real_is_found() -> None:
    interleaving: Interleaving[bool] = Interleaving(0, MemoryClock(), stuck_after_s=0.05)
    never = Lock()
    never.acquire()
    try:
        with pytest.raises(Deadlock, match="stuck blocks"):
            interleaving.run({"stuck": never.acquire})
    finally:
        never.release()


def test_an_endless_loop_of_switches_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.MAX_SWITCHES", 100)
    interleaving: Interleaving[None] = Interleaving(0, MemoryClock())
    ended: list[str] = []

    def spin() -> None:
        try:
            while True:
                interleaving.switch()
        finally:
            ended.append("spin")

    with pytest.raises(Deadlock, match="100 switches"):
        interleaving.run({"a": spin, "b": spin})
    assert ended == ["spin", "spin"]


def critical_sections(seed: int) -> list[str]:
    clock = MemoryClock()
    locks = MemoryLocks(clock, MemoryLiveness())
    store = MemoryContentStore(locks)
    inside: list[str] = []

    def enter(name: str) -> None:
        with locks.hold(SYNC, wait_ms=60_000) as lease:
            inside.append(name)
            with store.writing(lease):
                pass
            inside.append(name)

    run_interleaved(seed, {name: partial(enter, name) for name in "abc"}, clock=clock, stores=[store])
    return inside


def test_locks_keep_critical_sections_apart_in_every_order() -> None:
    for seed in range(50):
        inside = critical_sections(seed)
        assert inside[::2] == inside[1::2]


def a_long_holder_and_a_short_one(seed: int) -> list[str]:
    clock = MemoryClock()
    locks = MemoryLocks(clock, MemoryLiveness())
    store = MemoryContentStore(locks)
    order: list[str] = []

    def long() -> None:
        with locks.hold(SYNC, wait_ms=0) as lease:
            for _ in range(40):
                with store.writing(lease):
                    order.append("long")
                lease.let_others_in()

    def short() -> None:
        clock.sleep(1)
        with locks.hold(SYNC, wait_ms=5_000) as lease, store.writing(lease):
            order.append("short")

    run_interleaved(seed, {"long": long, "short": short}, clock=clock, stores=[store], tick_ms=2)
    return order


def test_a_holder_lets_those_in_who_wait_and_goes_on() -> None:
    for seed in range(20):
        order = a_long_holder_and_a_short_one(seed)
        assert order.count("long") == 40
        assert order.index("short") < 40


def test_a_wait_that_times_out_ends_with_an_error() -> None:
    clock = MemoryClock()
    locks = MemoryLocks(clock, MemoryLiveness())

    def hold() -> None:
        with locks.hold(SYNC, wait_ms=0):
            clock.sleep(10_000)

    def come() -> None:
        clock.sleep(1)
        with locks.hold(SYNC, wait_ms=5_000):
            raise AssertionError

    with pytest.raises(StoreLocked):
        run_interleaved(0, {"hold": hold, "come": come}, clock=clock)


def test_hooks_are_as_before_when_all_is_over() -> None:
    clock = MemoryClock()
    store = MemoryContentStore(MemoryLocks(clock, MemoryLiveness()))
    gitlab = MemoryGitLab(clock)
    seen: list[object] = []
    gitlab.requests.on_step = lambda *step: seen.append(step)
    hook = gitlab.requests.on_step
    run_interleaved(0, {"a": gitlab.token}, clock=clock, stores=[store], gitlabs=[gitlab])
    assert len(seen) == 2
    assert gitlab.requests.on_step is hook
    assert store.on_step is None
    assert clock.sleeper is None


def test_outside_of_a_run_a_wait_passes_and_a_switch_does_nothing() -> None:
    clock = MemoryClock()
    interleaving: Interleaving[None] = Interleaving(0, clock)
    interleaving.switch()
    interleaving.sleep(70)
    assert clock.monotonic_ms() == 70
    assert interleaving.switches == 0
