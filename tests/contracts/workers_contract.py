"""What every `Workers` promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from threading import get_ident
from typing import TypeVar

import pytest

from application.ports.workers import Finished, Workers
from domain.errors import GitLabUnavailable, LoreError

T = TypeVar("T")


def one_by_one(items: Iterable[T]) -> Callable[[], T | None]:
    remaining = iter(items)
    return lambda: next(remaining, None)


def double(number: int) -> int:
    return number * 2


class WorkersContract(ABC):
    @pytest.fixture
    @abstractmethod
    def workers(self) -> Workers:
        """Workers that have nothing to do yet."""

    def test_every_item_gets_its_result_once(self, workers: Workers) -> None:
        finished = list(workers.run(double, one_by_one(range(1, 100))))
        assert sorted((each.item, each.outcome) for each in finished) == [(n, 2 * n) for n in range(1, 100)]

    def test_without_items_the_iteration_ends_at_once(self, workers: Workers) -> None:
        assert list(workers.run(double, one_by_one(()))) == []

    def test_an_error_raised_on_purpose_is_a_result(self, workers: Workers) -> None:
        def work(number: int) -> int:
            if number == 2:
                raise GitLabUnavailable("told to fail")
            return number

        outcomes = {each.item: each.outcome for each in workers.run(work, one_by_one((1, 2, 3)))}
        assert isinstance(outcomes.pop(2), GitLabUnavailable)
        assert outcomes == {1: 1, 3: 3}

    def test_any_other_exception_is_raised(self, workers: Workers) -> None:
        def work(number: int) -> int:
            raise ZeroDivisionError(number)

        with pytest.raises(ZeroDivisionError):
            list(workers.run(work, one_by_one(range(1, 50))))

    def test_a_false_item_is_an_item(self, workers: Workers) -> None:
        assert [each.outcome for each in workers.run(double, one_by_one((0, 0, 0)))] == [0, 0, 0]

    def test_work_found_in_a_result_joins_in(self, workers: Workers) -> None:
        waiting = [1]
        done = []

        def next_item() -> int | None:
            return waiting.pop() if waiting else None

        for each in workers.run(double, next_item):
            done.append(each.item)
            waiting.extend([] if each.item > 15 else [2 * each.item, 2 * each.item + 1])
        assert sorted(done) == list(range(1, 32))

    def test_the_next_item_is_asked_for_in_the_callers_thread(self, workers: Workers) -> None:
        threads: list[int] = []
        items = iter(range(20))

        def next_item() -> int | None:
            threads.append(get_ident())
            return next(items, None)

        list(workers.run(double, next_item))
        assert set(threads) == {get_ident()}

    def test_no_item_starts_once_the_iteration_was_left(self, workers: Workers) -> None:
        taken: list[int] = []
        items = iter(range(10_000))

        def next_item() -> int:
            taken.append(next(items))
            return taken[-1]

        for _ in workers.run(double, next_item):
            break
        begun = len(taken)
        assert begun < 1000
        assert list(workers.run(double, one_by_one((1,)))) == [Finished(1, 2)]
        assert len(taken) == begun

    def test_an_error_of_the_one_who_asks_ends_the_iteration(self, workers: Workers) -> None:
        def broken() -> int | None:
            raise LoreError("no more")

        with pytest.raises(LoreError, match="no more"):
            list(workers.run(double, broken))
