"""The pace of the requests: learned from headers, shared, with a tenth left for urgent work."""

import threading
from pathlib import Path

import pytest
from filelock import FileLock

from adapters.gitlab.budgets import BudgetState, FileBudget, SharedBudget, ThreadsBudget
from adapters.gitlab.limiter import GITLAB_COM_PER_S, Pacer
from adapters.gitlab.response_headers import http_date_ms
from adapters.memory.clock import START, MemoryClock
from contracts import builders
from contracts.gitlab_rows import project_row
from domain.errors import GitLabRateLimited
from gitlab_over_http import Script, reader_of, reply

DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
WINDOW_S = 60


def headers(clock: MemoryClock, remaining: int, *, limit: int = 600, total: int | None = None) -> dict[str, str]:
    """What a server says whose fixed window of a minute began when the clock did; `limit` is for a minute."""
    seconds = (clock.now_ms() - START) // 1000
    minutes, second = divmod(seconds, WINDOW_S)
    return {
        "date": DATE.replace("00:00:00", f"00:{minutes:02d}:{second:02d}"),
        "ratelimit-limit": str(limit),
        "ratelimit-remaining": str(remaining),
        "ratelimit-observed": str((total or limit) - remaining),
        "ratelimit-reset": str(START // 1000 + (minutes + 1) * WINDOW_S),
    }


class Server:
    """Counts what comes in its window, and answers like Rack::Attack."""

    def __init__(self, clock: MemoryClock, limit: int) -> None:
        self._clock = clock
        self._limit = limit
        self._window = -1
        self.observed = 0
        self.refused = 0

    def asked(self) -> dict[str, str]:
        window = (self._clock.now_ms() - START) // 60_000
        if window != self._window:
            self._window, self.observed = window, 0
        self.observed += 1
        self.refused += int(self.observed > self._limit)
        return headers(self._clock, max(self._limit - self.observed, 0), limit=self._limit)


def pacer_of(clock: MemoryClock, budget: SharedBudget | None = None, **options: float | bool | None) -> Pacer:
    return Pacer(clock, budget or ThreadsBudget(), **options)  # type: ignore[arg-type]  # a test's shorthand


def sent_in(clock: MemoryClock, pacer: Pacer, milliseconds: int) -> int:
    """How many requests go out in so long, when each is answered at once."""
    until, count = clock.now_ms() + milliseconds, 0
    while clock.now_ms() < until and count < 10_000:
        pacer.acquire()
        count += 1
    return count


def test_without_headers_or_a_ceiling_nothing_waits() -> None:
    clock = MemoryClock()
    pacer = pacer_of(clock)
    assert sum(pacer.acquire() for _ in range(1_000)) == 0
    assert clock.slept == []


@pytest.mark.requirement("sync:rule-9")
@pytest.mark.parametrize(("urgent", "expected"), [(False, 90), (True, 100)])
def test_a_ceiling_is_kept_and_bulk_work_leaves_a_tenth_of_it(urgent: bool, expected: int) -> None:
    clock = MemoryClock()
    pacer = pacer_of(clock, ceiling_per_s=10, urgent=urgent)
    pacer.acquire(), pacer.acquire(), pacer.acquire()
    assert abs(sent_in(clock, pacer, 10_000) - expected) <= 2


@pytest.mark.requirement("sync:rule-9")
def test_gitlab_com_begins_with_thirty_requests_a_second() -> None:
    clock = MemoryClock()
    pacer = pacer_of(clock, start_per_s=GITLAB_COM_PER_S)
    for _ in range(35):
        pacer.acquire()
    assert abs(sent_in(clock, pacer, 10_000) - 300) <= 5


@pytest.mark.requirement("sync:rule-9")
@pytest.mark.parametrize("limit", [20, 120, 2_000])
def test_a_learned_limit_is_approached_and_never_hit(limit: int) -> None:
    clock = MemoryClock()
    server, pacer = Server(clock, limit), pacer_of(clock)
    for _ in range(limit * 3):
        pacer.acquire()
        pacer.learn(server.asked())
        clock.advance(1)
    assert server.refused == 0
    assert clock.now_ms() - START < 3 * 60_000 * 1.35


@pytest.mark.requirement("sync:rule-9")
def test_bulk_work_leaves_a_tenth_of_a_window_and_urgent_work_takes_it() -> None:
    clock = MemoryClock()
    server, budget = Server(clock, 100), ThreadsBudget()
    bulk, urgent = pacer_of(clock, budget), pacer_of(clock, budget, urgent=True)
    while clock.now_ms() - START < 50_000:
        bulk.acquire()
        bulk.learn(server.asked())
    assert server.observed <= 91
    urgent.learn(server.asked())
    began = clock.now_ms()
    for _ in range(3):
        urgent.acquire()
        urgent.learn(server.asked())
    assert clock.now_ms() - began < 6_000
    assert server.refused == 0


def test_a_ceiling_holds_for_a_large_learned_budget_too() -> None:
    clock = MemoryClock()
    pacer = pacer_of(clock, ceiling_per_s=10)
    pacer.learn(headers(clock, 500))
    assert pacer.acquire() == 0
    assert pacer.acquire() > 100


def test_a_small_job_is_not_slowed_by_a_large_budget() -> None:
    clock = MemoryClock()
    pacer = pacer_of(clock)
    pacer.learn(headers(clock, 7_199, limit=120, total=7_200))
    for remaining in range(7_198, 7_098, -1):
        pacer.acquire()
        pacer.learn(headers(clock, remaining, limit=120, total=7_200))
    assert clock.slept == []


@pytest.mark.requirement("sync:rule-9")
def test_a_spent_window_is_waited_out() -> None:
    clock = MemoryClock()
    pacer = pacer_of(clock)
    pacer.learn(headers(clock, 3, limit=100))
    pacer.acquire()
    assert pacer.acquire() >= 60_000


def test_a_window_that_is_spent_for_long_is_an_error_and_no_sleep() -> None:
    clock = MemoryClock()
    pacer = pacer_of(clock)
    spent = headers(clock, 0, limit=120, total=7_200) | {"ratelimit-reset": str(START // 1000 + 3_000)}
    pacer.learn(spent)
    pacer.acquire()
    with pytest.raises(GitLabRateLimited) as caught:
        pacer.acquire()
    assert caught.value.details == {"retry_after_s": 3_001}
    assert clock.slept == []


def test_answers_out_of_order_do_not_enlarge_the_budget() -> None:
    clock = MemoryClock()
    pacer = pacer_of(clock)
    pacer.learn(headers(clock, 2, limit=100))
    pacer.learn(headers(clock, 90, limit=100))
    pacer.acquire()
    assert pacer.acquire() >= 60_000


def test_an_answer_of_a_window_that_is_over_says_nothing() -> None:
    clock = MemoryClock()
    early = headers(clock, 0, limit=100)
    clock.advance(61_000)
    pacer = pacer_of(clock)
    pacer.learn(headers(clock, 95, limit=100))
    pacer.learn(early)
    assert pacer.acquire() == 0
    assert pacer.acquire() == 0


@pytest.mark.parametrize(
    "spoilt",
    [
        {"ratelimit-limit": "many"},
        {"ratelimit-limit": "0"},
        {"ratelimit-reset": "1"},
        {"ratelimit-remaining": ""},
        {"date": "never"},
    ],
)
def test_headers_that_make_no_sense_are_not_believed(spoilt: dict[str, str]) -> None:
    clock = MemoryClock()
    pacer = pacer_of(clock)
    pacer.learn(headers(clock, 0) | spoilt)
    assert [pacer.acquire() for _ in range(3)] == [0, 0, 0]


@pytest.mark.requirement("sync:rule-9")
def test_after_a_rate_limit_nobody_sends_until_it_is_over() -> None:
    clock = MemoryClock()
    budget = ThreadsBudget()
    one, other = pacer_of(clock, budget), pacer_of(clock, budget, ceiling_per_s=100, urgent=True)
    one.close_for(20_000)
    assert one.acquire() == 20_000
    clock.set(START)
    assert other.acquire() == 20_000


@pytest.mark.requirement("sync:rule-9")
def test_urgent_work_goes_before_bulk_work_that_waits() -> None:
    clock = MemoryClock()
    budget = ThreadsBudget()
    bulk = pacer_of(clock, budget, ceiling_per_s=1)
    urgent = pacer_of(clock, budget, ceiling_per_s=1, urgent=True)
    bulk.acquire()
    assert urgent.acquire() == 0
    assert bulk.acquire() > 1_000


def test_a_clock_that_was_put_back_does_not_stop_everything() -> None:
    clock = MemoryClock()
    pacer = pacer_of(clock, ceiling_per_s=10)
    pacer.acquire()
    pacer.close_for(1_000)
    clock.set(START - 24 * 3_600_000)
    assert pacer.acquire() == 0


def test_a_reader_waits_when_its_pacer_says_so_and_counts_it() -> None:
    clock = MemoryClock()
    server = Script(reply(project_row(builders.project())))
    reader = reader_of(server, clock, requests_per_second=2)
    for _ in range(3):
        reader.project(77)
    assert sum(clock.slept) == reader.statistics().waited_ms >= 1_000


@pytest.mark.requirement("sync:rule-9")
def test_a_reader_learns_from_every_answer() -> None:
    clock = MemoryClock()
    server = Script(reply(project_row(builders.project()), headers=headers(clock, 3, limit=100)))
    reader = reader_of(server, clock)
    for _ in range(3):
        reader.project(77)
    assert clock.slept == [61_000]


# the shared budget


def taken(state: BudgetState) -> tuple[BudgetState, int]:
    return BudgetState(next_slot_us=state.next_slot_us + 1), state.next_slot_us


@pytest.mark.requirement("sync:rule-9")
def test_two_processes_share_a_budget_through_a_file(tmp_path: Path) -> None:
    one, other = FileBudget(tmp_path / "gitlab.budget"), FileBudget(tmp_path / "gitlab.budget")
    assert [one.change(taken), other.change(taken), one.change(taken)] == [0, 1, 2]


def test_threads_do_not_lose_each_others_changes(tmp_path: Path) -> None:
    budgets = [FileBudget(tmp_path / "gitlab.budget") for _ in range(2)]

    def take(number: int) -> None:
        for _ in range(20):
            budgets[number % 2].change(taken)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert budgets[0].change(taken) == 80


@pytest.mark.parametrize("content", ["", "one two", "1", "\u00e4 1"])
def test_a_spoilt_budget_file_is_begun_anew(tmp_path: Path, content: str) -> None:
    file = tmp_path / "gitlab.budget"
    file.write_text(content, encoding="utf-8")
    assert FileBudget(file).change(taken) == 0
    assert file.read_text(encoding="ascii") == "1 0"


def test_where_no_file_can_be_written_the_process_keeps_its_own_budget(tmp_path: Path) -> None:
    file = tmp_path / "nothing" / "gitlab.budget"
    (tmp_path / "nothing").write_text("a file in the way", encoding="utf-8")
    budget = FileBudget(file)
    assert [budget.change(taken), budget.change(taken)] == [0, 1]


def test_a_lock_that_is_never_freed_does_not_stop_the_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.gitlab.budgets._LOCK_WAIT_S", 0.01)
    file = tmp_path / "gitlab.budget"
    with FileLock(tmp_path / "gitlab.budget.lock"):
        budget = FileBudget(file)
        assert [budget.change(taken), budget.change(taken)] == [0, 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [(DATE, START), ("Thu, 01 Jan 2026 00:00:01 -0000", START + 1_000), ("", None), ("x", None)],
)
def test_http_dates(text: str, expected: int | None) -> None:
    assert http_date_ms(text) == expected
