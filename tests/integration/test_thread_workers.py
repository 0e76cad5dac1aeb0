"""Threads keep the promises of `Workers`, and some more that only threads can break."""

import gc
import signal
import threading
import weakref
from collections.abc import Iterator
from threading import Barrier, Event

import pytest

from adapters.threads.workers import ThreadWorkers
from contracts.workers_contract import WorkersContract, double, one_by_one

PATIENCE_S = 30
"""Only reached where something is broken."""


class TestThreadWorkers(WorkersContract):
    @pytest.fixture
    def workers(self) -> ThreadWorkers:
        return ThreadWorkers(8)


@pytest.fixture
def hang() -> Iterator[Event]:
    """What a hanging request waits for; set when the test is over."""
    event = Event()
    yield event
    event.set()


def test_as_many_work_at_once_as_allowed() -> None:
    together = Barrier(4)

    def meet(number: int) -> int:
        together.wait(PATIENCE_S)
        return number

    finished = list(ThreadWorkers(4).run(meet, one_by_one(range(8))))
    assert sorted(each.item for each in finished) == list(range(8))


def test_no_more_work_at_once_than_allowed() -> None:
    under_way: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        under_way.append(number)
        most.append(len(under_way))
        under_way.remove(number)

    list(ThreadWorkers(3).run(work, one_by_one(range(500))))
    assert max(most) <= 3


def test_results_come_as_they_are_finished_not_as_they_were_begun() -> None:
    second_is_done = Event()

    def work(number: int) -> int:
        if number == 1:
            assert second_is_done.wait(PATIENCE_S)
        return number

    order = []
    for each in ThreadWorkers(2).run(work, one_by_one((1, 2))):
        order.append(each.item)
        second_is_done.set()
    assert order == [2, 1]


def test_leaving_early_does_not_wait_for_a_request_that_hangs(hang: Event) -> None:
    def work(number: int) -> int:
        if number == 1:
            hang.wait(PATIENCE_S)
        return number

    workers = ThreadWorkers(2)
    for each in workers.run(work, one_by_one((1, 2))):
        assert each.item == 2
        break
    assert not hang.is_set()
    assert [each.outcome for each in workers.run(double, one_by_one((5, 6)))]


def test_the_process_does_not_wait_for_a_thread_at_its_end() -> None:
    (finished,) = ThreadWorkers(1).run(lambda _: threading.current_thread().daemon, one_by_one((1,)))
    assert finished.outcome is True


def test_an_unexpected_exception_is_raised_while_another_request_hangs(hang: Event) -> None:
    def work(number: int) -> None:
        if number == 1:
            hang.wait(PATIENCE_S)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(ThreadWorkers(2).run(work, one_by_one((1, 2))))
    assert not hang.is_set()


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Heard even where the tests were started in the background, whose processes ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_in_the_waiting_thread_ends_the_iteration(hang: Event) -> None:
    def interrupt_the_waiting_thread(_: int) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        hang.wait(PATIENCE_S)

    with pytest.raises(KeyboardInterrupt):
        list(ThreadWorkers(1).run(interrupt_the_waiting_thread, one_by_one((1,))))
    assert not hang.is_set()


def test_a_thread_serves_one_run_after_the_other() -> None:
    workers = ThreadWorkers(1)
    threads: set[int] = set()

    def work(_: int) -> None:
        threads.add(threading.get_ident())

    for _ in range(20):
        list(workers.run(work, one_by_one(range(5))))
    assert len(threads) == 1


def test_a_run_inside_of_another_gets_its_own_results() -> None:
    workers = ThreadWorkers(2)
    inner: list[tuple[int, object]] = []
    for each in workers.run(double, one_by_one(range(10))):
        inner += [(found.item, found.outcome) for found in workers.run(double, one_by_one((each.item,)))]
    assert sorted(inner, key=repr) == [(n, 2 * n) for n in range(10)]


def test_the_threads_end_with_the_workers() -> None:
    workers = ThreadWorkers(4)
    threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()

    def work(_: int) -> None:
        threads.add(threading.current_thread())

    list(workers.run(work, one_by_one(range(50))))
    del workers
    gc.collect()
    for thread in tuple(threads):
        thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads)


def test_a_thread_that_was_abandoned_ends_when_its_request_does(hang: Event) -> None:
    begun = Event()
    threads: list[threading.Thread] = []

    def work(number: int) -> None:
        if number == 1:
            threads.append(threading.current_thread())
            begun.set()
            hang.wait(PATIENCE_S)
        else:
            begun.wait(PATIENCE_S)

    workers = ThreadWorkers(2)
    for _ in workers.run(work, one_by_one((1, 2))):
        break
    del workers
    gc.collect()
    hang.set()
    threads[0].join(PATIENCE_S)
    assert not threads[0].is_alive()
