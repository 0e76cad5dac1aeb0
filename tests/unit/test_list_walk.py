"""Walking a list whose rows change while it is read (sync.md rule 2)."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import MalformedPayload
from domain.list_walk import MAX_PAGES_OF_ONE_ANCHOR, ListPosition, ListWalk, Seen

Rows = tuple[Seen, ...]


def row(gitlab_id: int, updated_at: int) -> Seen:
    return Seen(gitlab_id=gitlab_id, updated_at=updated_at)


@dataclass
class Server:
    """A list of rows, read by offset pages; `touch` moves a row to the end."""

    rows: dict[int, int]
    page_size: int
    clock: int = 1_000

    def page(self, position: ListPosition) -> tuple[Rows, bool]:
        listed = sorted(
            (row(gitlab_id, at) for gitlab_id, at in self.rows.items() if at >= (position.updated_after or 0)),
            key=lambda one: (one.updated_at, one.gitlab_id),
        )
        start = (position.page - 1) * self.page_size
        return tuple(listed[start : start + self.page_size]), len(listed) > start + self.page_size

    def touch(self, gitlab_id: int) -> None:
        self.clock += 1
        self.rows[gitlab_id] = self.clock


def walk_to_the_end(server: Server, touches: list[int]) -> set[Seen]:
    walk: ListWalk | None = ListWalk.start(None)
    seen: set[Seen] = set()
    for _ in range(2_000):
        if walk is None:
            return seen
        rows, has_next = server.page(walk.position)
        seen.update(rows)
        if touches:
            gitlab_id = touches.pop()
            if gitlab_id in server.rows:
                server.touch(gitlab_id)
        walk = walk.after(rows, has_next=has_next, keyset_cursor=None)
    raise AssertionError("the walk does not end")


@pytest.mark.requirement("sync:rule-2")
@settings(max_examples=400, deadline=None)
@given(
    updates=st.lists(st.integers(1, 4), min_size=1, max_size=30),
    page_size=st.integers(1, 7),
    touches=st.lists(st.integers(0, 29), max_size=25),
)
def test_every_row_is_seen_as_it_was_or_as_it_is(updates: list[int], page_size: int, touches: list[int]) -> None:
    server = Server(rows=dict(enumerate(updates)), page_size=page_size)
    seen = walk_to_the_end(server, list(touches))
    assert {one.gitlab_id for one in seen} == set(server.rows)


@pytest.mark.requirement("sync:rule-2")
def test_a_row_that_two_passes_over_ties_skipped_is_seen_by_the_third() -> None:
    server = Server(rows=dict.fromkeys(range(20), 1), page_size=4)
    seen = walk_to_the_end(server, [0, 1, 2, 4, 5, 3, 3, 3, 3])
    assert {one.gitlab_id for one in seen} == set(range(20))


@pytest.mark.requirement("sync:rule-2")
def test_a_row_behind_ties_is_seen_when_one_of_them_leaves_after_it_was_read() -> None:
    server = Server(rows={0: 2, 1: 1, 2: 1, 3: 1, 4: 2}, page_size=1)
    seen = walk_to_the_end(server, [1, 5, 0, 16, 28, 2, 27, 0, 7, 28, 26, 5, 27])
    assert {one.gitlab_id for one in seen} == set(range(5))


def test_a_page_is_anchored_at_its_last_update_and_page_one_is_read_again() -> None:
    walk = ListWalk.start(None).after((row(1, 5), row(2, 9)), has_next=True, keyset_cursor=None)
    assert walk is not None
    assert walk.position == ListPosition(updated_after=9)
    assert walk.new((row(2, 9), row(3, 9))) == {row(3, 9)}


def test_keyset_paging_follows_the_server_s_cursor() -> None:
    walk = ListWalk.start(3).after((row(1, 5),), has_next=True, keyset_cursor="abc")
    assert walk is not None
    assert walk.position == ListPosition(updated_after=3, keyset_cursor="abc")
    assert walk.after((row(2, 6),), has_next=False, keyset_cursor=None) is None


def test_an_empty_page_with_more_to_come_is_stepped_over() -> None:
    walk = ListWalk.start(3).after((), has_next=True, keyset_cursor=None)
    assert walk is not None
    assert walk.position == ListPosition(updated_after=3, page=2)


def test_a_keyset_cursor_that_does_not_move_is_a_circle() -> None:
    walk = ListWalk.start(None).after((row(1, 5),), has_next=True, keyset_cursor="abc")
    assert walk is not None
    with pytest.raises(MalformedPayload):
        walk.after((row(1, 5),), has_next=True, keyset_cursor="abc")


def test_two_pages_running_that_are_the_same_are_a_circle() -> None:
    walk = ListWalk.start(5).after((row(1, 5),), has_next=True, keyset_cursor=None)
    assert walk is not None
    with pytest.raises(MalformedPayload):
        walk.after((row(1, 5),), has_next=True, keyset_cursor=None)


def test_empty_pages_without_end_come_to_an_end() -> None:
    last = ListWalk(position=ListPosition(page=MAX_PAGES_OF_ONE_ANCHOR))
    with pytest.raises(MalformedPayload):
        last.after((), has_next=True, keyset_cursor=None)
