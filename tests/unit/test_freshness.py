"""Truth tables of the rules that keep the store from going back in time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.freshness import (
    CURSOR_OVERLAP_MS,
    FRESH_FOR_MS,
    SETTLED_AFTER_MS,
    Freshness,
    FreshnessState,
    cursor_after_page,
    is_settled,
    is_stale_write,
    mirror_freshness,
)

TIMES = st.integers(min_value=0, max_value=4_000_000_000_000)
OLD, SAME, NEW = 1_000, 2_000, 3_000


def stale(*, local: int, seen: int, payload: int, started: int) -> bool:
    return is_stale_write(
        local_updated_at=local, local_last_seen_at=seen, payload_updated_at=payload, request_started_at=started
    )


@pytest.mark.requirement("surgical:C13")
class TestC13StaleWriteProtection:
    def test_equal_updated_at_but_newer_last_seen_is_skipped(self) -> None:
        assert stale(local=SAME, seen=NEW, payload=SAME, started=OLD)

    def test_equal_updated_at_and_older_last_seen_is_written(self) -> None:
        assert not stale(local=SAME, seen=OLD, payload=SAME, started=NEW)

    def test_equal_updated_at_and_equal_last_seen_is_written(self) -> None:
        assert not stale(local=SAME, seen=SAME, payload=SAME, started=SAME)

    @pytest.mark.parametrize(("seen", "started"), [(OLD, NEW), (SAME, SAME), (NEW, OLD)])
    def test_newer_local_updated_at_is_skipped_whenever_it_was_seen(self, seen: int, started: int) -> None:
        assert stale(local=NEW, seen=seen, payload=OLD, started=started)

    @pytest.mark.parametrize(("seen", "started"), [(OLD, NEW), (SAME, SAME), (NEW, OLD)])
    def test_older_local_updated_at_is_written_whenever_it_was_seen(self, seen: int, started: int) -> None:
        assert not stale(local=OLD, seen=seen, payload=NEW, started=started)

    def test_one_millisecond_decides(self) -> None:
        assert stale(local=SAME + 1, seen=OLD, payload=SAME, started=NEW)
        assert not stale(local=SAME, seen=OLD, payload=SAME + 1, started=NEW)
        assert stale(local=SAME, seen=SAME + 1, payload=SAME, started=SAME)

    @given(local=TIMES, seen=TIMES, payload=TIMES, started=TIMES)
    def test_the_rule_is_the_order_of_pairs(self, local: int, seen: int, payload: int, started: int) -> None:
        assert stale(local=local, seen=seen, payload=payload, started=started) == ((local, seen) > (payload, started))

    @given(first=st.tuples(TIMES, TIMES), second=st.tuples(TIMES, TIMES))
    def test_two_answers_in_either_order_leave_the_same_row(
        self, first: tuple[int, int], second: tuple[int, int]
    ) -> None:
        def after(rows: tuple[tuple[int, int], ...]) -> tuple[int, int]:
            kept = rows[0]
            for row in rows[1:]:
                if not stale(local=kept[0], seen=kept[1], payload=row[0], started=row[1]):
                    kept = row
            return kept

        assert after((first, second)) == after((second, first))


@pytest.mark.requirement("sync:rule-3")
class TestSettledRule:
    def test_a_fetch_begun_two_minutes_after_the_change_is_settled(self) -> None:
        assert SETTLED_AFTER_MS == 120_000
        assert is_settled(updated_at=SAME, fetch_started_at=SAME + 120_000)

    def test_a_fetch_begun_a_millisecond_earlier_is_not(self) -> None:
        assert not is_settled(updated_at=SAME, fetch_started_at=SAME + 119_999)

    def test_a_fetch_begun_before_the_change_is_not(self) -> None:
        assert not is_settled(updated_at=SAME, fetch_started_at=OLD)

    @given(updated_at=TIMES, fetch_started_at=TIMES)
    def test_once_settled_a_later_fetch_is_settled_too(self, updated_at: int, fetch_started_at: int) -> None:
        if is_settled(updated_at=updated_at, fetch_started_at=fetch_started_at):
            assert is_settled(updated_at=updated_at, fetch_started_at=fetch_started_at + 1)


@pytest.mark.requirement("sync:rule-2")
class TestCursor:
    def test_an_old_page_moves_the_cursor_to_its_last_item(self) -> None:
        assert cursor_after_page(last_updated_at=5_000, page_date=5_000 + CURSOR_OVERLAP_MS) == 5_000

    def test_a_page_with_fresh_items_keeps_two_minutes_of_overlap(self) -> None:
        assert cursor_after_page(last_updated_at=500_000, page_date=500_000) == 380_000

    @given(last=TIMES, date=TIMES)
    def test_the_cursor_never_passes_the_last_item_nor_the_unsettled_time(self, last: int, date: int) -> None:
        cursor = cursor_after_page(last_updated_at=last, page_date=date)
        assert cursor <= last
        assert cursor <= date - CURSOR_OVERLAP_MS

    @given(date=TIMES, item=TIMES)
    def test_an_item_below_the_cursor_was_settled_when_the_page_was_read(self, date: int, item: int) -> None:
        if item <= cursor_after_page(last_updated_at=item, page_date=date):
            assert is_settled(updated_at=item, fetch_started_at=date)


class TestMirrorFreshness:
    def test_a_recent_sync_is_fresh(self) -> None:
        assert mirror_freshness([1_000], now=121_000) == Freshness(
            state=FreshnessState.FRESH, synced_at=1_000, age_ms=120_000
        )

    @pytest.mark.parametrize(
        ("age_ms", "state"),
        [(0, "fresh"), (FRESH_FOR_MS, "fresh"), (FRESH_FOR_MS + 1, "stale")],
    )
    def test_a_day_is_the_limit_unless_told_otherwise(self, age_ms: int, state: str) -> None:
        assert mirror_freshness([0], now=age_ms).state == state

    def test_the_reader_may_ask_for_less(self) -> None:
        assert mirror_freshness([0], now=900_001, fresh_for_ms=900_000).state is FreshnessState.STALE

    def test_the_oldest_project_decides(self) -> None:
        assert mirror_freshness([3_000, 1_000, 2_000], now=4_000).synced_at == 1_000

    @pytest.mark.parametrize("synced_at", [[], [None], [1_000, None]])
    def test_a_project_that_was_never_synced_makes_the_answer_never(self, synced_at: list[int | None]) -> None:
        assert mirror_freshness(synced_at, now=2_000) == Freshness(
            state=FreshnessState.NEVER, synced_at=None, age_ms=None
        )

    def test_a_clock_put_back_gives_no_negative_age(self) -> None:
        assert mirror_freshness([5_000], now=1_000).age_ms == 0
