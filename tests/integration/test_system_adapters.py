"""The system's clock, names and signals keep the promises of their ports."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import pytest

from adapters.system.cancellation import SignalCancellation
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UuidIdentifiers
from adapters.system.process_identity import SystemProcessIdentity
from adapters.threads.workers import ThreadWorkers
from application.ports.process_identity import ProcessIdentity
from contracts.cancellation_contract import CancellationContract
from contracts.clock_contract import ClockContract
from contracts.identifiers_contract import IdentifiersContract
from contracts.workers_contract import one_by_one
from domain.errors import Cancelled

LONG_S = 30


class TestSystemClock(ClockContract):
    @pytest.fixture
    def clock(self) -> SystemClock:
        return SystemClock()


class TestUuidIdentifiers(IdentifiersContract):
    @pytest.fixture
    def identifiers(self) -> UuidIdentifiers:
        return UuidIdentifiers()


class TestSignalCancellation(CancellationContract):
    @pytest.fixture
    def cancellation(self) -> Iterator[SignalCancellation]:
        cancellation = SignalCancellation(grace_s=LONG_S)
        with cancellation.listening():
            yield cancellation

    @pytest.fixture
    def ask(self, cancellation: SignalCancellation) -> Callable[[], object]:  # noqa: ARG002  it has to listen first
        return lambda: signal.raise_signal(signal.SIGINT)


def waiting_for_a_queue() -> None:
    SimpleQueue[None]().get()


def waiting_for_a_lock() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire(timeout=LONG_S)


def waiting_for_a_worker() -> None:
    list(ThreadWorkers(1).run(time.sleep, one_by_one((LONG_S,))))


def sleeping() -> None:
    SystemClock().sleep(LONG_S * 1000)


def asked_to_stop(wait: Callable[[], None]) -> None:
    signal.raise_signal(signal.SIGTERM)
    wait()


@pytest.mark.requirement("sync:rule-14")
@pytest.mark.parametrize("wait", [waiting_for_a_queue, waiting_for_a_lock, waiting_for_a_worker, sleeping])
def test_a_signal_ends_a_wait_that_never_checks(wait: Callable[[], None]) -> None:
    with SignalCancellation(grace_s=0.01).listening(), pytest.raises(Cancelled):
        asked_to_stop(wait)


@pytest.mark.requirement("sync:rule-14")
def test_a_check_in_time_keeps_the_interruption_away() -> None:
    cancellation = SignalCancellation(grace_s=LONG_S)
    with cancellation.listening():
        signal.raise_signal(signal.SIGINT)
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
        with pytest.raises(Cancelled):
            cancellation.check()
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_a_check_in_another_thread_leaves_the_main_thread_to_be_woken() -> None:
    cancellation = SignalCancellation(grace_s=LONG_S)
    raised: list[Cancelled] = []

    def check() -> None:
        try:
            cancellation.check()
        except Cancelled as error:
            raised.append(error)

    with cancellation.listening():
        signal.raise_signal(signal.SIGINT)
        thread = threading.Thread(target=check)
        thread.start()
        thread.join()
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert len(raised) == 1


def test_a_second_signal_stops_at_once() -> None:
    with SignalCancellation(grace_s=LONG_S).listening():
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_signals_are_the_systems_again_after_the_block() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    before = [signal.getsignal(number) for number in numbers]
    with SignalCancellation(grace_s=LONG_S).listening():
        assert [signal.getsignal(number) for number in numbers] != before
        signal.raise_signal(signal.SIGINT)
    assert [signal.getsignal(number) for number in numbers] == before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_without_alarm_signals_the_next_check_hears_it_all_the_same() -> None:
    cancellation = SignalCancellation(alarm=None)
    with cancellation.listening():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Cancelled):
            cancellation.check()


def test_this_process_has_a_host_and_a_number() -> None:
    process: ProcessIdentity = SystemProcessIdentity()
    assert process.host
    assert process.pid == os.getpid()
