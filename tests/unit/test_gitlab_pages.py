"""Dependent sets over several pages, with headers of every kind and rows that move."""

import json
import zlib
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.gitlab.response_headers import Onward, onward
from contracts import builders
from contracts.gitlab_rows import discussion_row, state_event_row
from domain.entities import DependentAnswer
from domain.errors import MalformedPayload
from domain.refs import DependentKind, EntityKind
from gitlab_over_http import Script, reader_of, reply

PATH = "https://foreign.example.com:8080/api/v4/projects/77/issues/1/discussions"


def threads(first: int, last: int) -> list[dict[str, object]]:
    return [discussion_row(builders.discussion(number)) for number in range(first, last + 1)]


def discussions(server: Callable[[httpx.Request], httpx.Response]) -> DependentAnswer:
    return reader_of(server).dependents(77, EntityKind.ISSUE, 1, DependentKind.DISCUSSIONS)


def ids(answer: DependentAnswer) -> list[object]:
    return [getattr(record, "gitlab_id", None) for record in answer.records]


def next_link(page: int) -> dict[str, str]:
    return {"Link": f'<{PATH}?id=77&page={page - 1}>; rel="prev", <{PATH}?id=77&page={page}&per_page=3>; rel="next"'}


@pytest.mark.requirement("sync:rule-2")
def test_a_short_or_empty_page_is_followed_where_there_is_a_next_one() -> None:
    server = Script(
        reply(threads(1, 2), headers={"X-Next-Page": "2"}),
        reply([], headers={"X-Next-Page": "3"}),
        reply(threads(3, 3), headers={"X-Next-Page": ""}),
    )
    answer = discussions(server)
    assert ids(answer) == [builders.sha(number) for number in (1, 2, 3)]
    assert answer.pages == 3
    assert [request.url.params.get("page") for request in server.requests] == [None, "2", "3"]
    assert len(json.loads(zlib.decompress(answer.payload))) == 3


@pytest.mark.requirement("sync:rule-2")
def test_a_link_is_followed_at_the_configured_place() -> None:
    server = Script(reply(threads(1, 2), headers=next_link(2)), reply(threads(3, 3), headers={"Link": ""}))
    assert len(discussions(server).records) == 3
    assert server.requests[1].url.host == "gitlab.example.com"
    assert server.requests[1].url.params["page"] == "2"


@pytest.mark.requirement("sync:rule-2")
def test_a_full_page_without_any_paging_header_is_followed() -> None:
    server = Script(reply(threads(1, 100)), reply(threads(101, 200)), reply([]))
    assert len(discussions(server).records) == 200


def test_a_set_that_pages_by_cursor_is_read_to_its_end() -> None:
    link = {"Link": f'<{PATH}?cursor=c2&per_page=100>; rel="next"'}
    server = Script(reply(threads(1, 2), headers=link), reply(threads(3, 3)))
    assert len(discussions(server).records) == 3
    assert dict(server.requests[1].url.params) == {"per_page": "100", "pagination": "keyset", "cursor": "c2"}


@pytest.mark.requirement("sync:rule-5")
def test_rows_that_moved_between_the_pages_are_in_the_set_once() -> None:
    server = Script(
        reply(threads(1, 3), headers={"X-Next-Page": "2"}),
        reply(threads(3, 5), headers={"X-Next-Page": ""}),
    )
    assert ids(discussions(server)) == [builders.sha(number) for number in range(1, 6)]


def test_of_a_row_that_came_twice_the_later_state_counts() -> None:
    older, newer = builders.state_event(1, "closed"), builders.state_event(1, "reopened")
    server = Script(reply([state_event_row(older), state_event_row(newer)]))
    answer = reader_of(server).dependents(77, EntityKind.ISSUE, 1, DependentKind.STATE_EVENTS)
    assert tuple(answer.records) == (newer,)


def test_a_thread_without_notes_is_none() -> None:
    empty = {"id": builders.sha(9), "individual_note": False, "notes": []}
    assert len(discussions(Script(reply([empty, *threads(1, 1)]))).records) == 1


@pytest.mark.requirement("sync:rule-7")
def test_a_bad_note_is_set_aside_and_its_thread_keeps_the_others() -> None:
    row = discussion_row(builders.discussion(1, builders.note(1), builders.note(2), builders.note(3)))
    row["notes"][1]["created_at"] = "not a time"
    answer = discussions(Script(reply([row, {"id": 7}, *threads(4, 4)])))
    kept = [getattr(record, "notes", ()) for record in answer.records]
    assert [[note.gitlab_id for note in notes] for notes in kept] == [[1, 3], [400]]
    assert [(bad.record, bad.gitlab_id) for bad in answer.rejected] == [("discussions", "2"), ("discussions", "7")]
    assert json.loads(zlib.decompress(answer.rejected[0].payload))["body"] == "Note 2"


@pytest.mark.parametrize(
    "pages",
    [
        [reply(threads(1, 3), headers={"X-Next-Page": "1"})],
        [reply(threads(1, 3), headers={"X-Next-Page": "2"}), reply(threads(4, 5), headers={"X-Next-Page": "2"})],
        [reply([], headers=next_link(1))],
        [reply(threads(1, 100))],
        [reply([], headers={"Link": f'<{PATH}?cursor=c>; rel="next"'})],
    ],
    ids=["itself", "before", "link to itself", "the same without headers", "the same cursor"],
)
def test_paging_in_circles_is_noticed(pages: list[httpx.Response]) -> None:
    server = Script(*pages)
    with pytest.raises(MalformedPayload, match="circles"):
        discussions(server)
    assert len(server.requests) <= 2


@pytest.mark.parametrize(("rows", "tries"), [(threads(1, 3), 2), ([], 101)], ids=["the same page", "empty pages"])
def test_a_list_that_always_has_a_next_page_is_given_up(rows: list[dict[str, object]], tries: int) -> None:
    asked: list[int] = []

    def endless(request: httpx.Request) -> httpx.Response:
        asked.append(int(request.url.params.get("page", "1")))
        return reply(rows, headers={"X-Next-Page": str(asked[-1] + 1)})

    with pytest.raises(MalformedPayload, match="circles"):
        discussions(endless)
    assert len(asked) == tries


def test_a_list_of_ever_new_pages_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.gitlab.pages.MOST_PAGES", 20)
    asked: list[int] = []

    def endless(request: httpx.Request) -> httpx.Response:
        asked.append(int(request.url.params.get("page", "1")))
        return reply(threads(asked[-1], asked[-1]), headers={"X-Next-Page": str(asked[-1] + 1)})

    with pytest.raises(MalformedPayload, match="circles"):
        discussions(endless)
    assert len(asked) == 21


def test_links_that_come_in_one_piece_are_not_asked_for_twice() -> None:
    rows = [{"iid": n, "issue_link_id": n, "references": {"full": f"group/app#{n}"}} for n in range(1, 131)]
    server = Script(reply(rows))
    answer = reader_of(server).dependents(77, EntityKind.ISSUE, 1, DependentKind.ISSUE_LINKS)
    assert (len(answer.records), len(server.requests)) == (130, 1)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-next-page": "4"}, Onward(page=4)),
        ({"x-next-page": "", "link": '<https://h/?page=9>; rel="next"'}, Onward(page=9)),
        ({"x-next-page": "many"}, None),
        ({"link": "<https://h/?a=%3C&page=5>; rel=next"}, Onward(page=5)),
        ({"link": '<https://h/?page=5>; title="x"; rel="next", <https://h/?page=9>; rel="last"'}, Onward(page=5)),
        ({"link": '<https://h/?page=5>; rel="prev"'}, None),
        ({"link": '<https://h/?id_after=5>; rel="next"'}, None),
        ({"link": '<https://h/?cursor=x&page=1>; rel="next"'}, Onward(cursor="x")),
        ({"link": "garbage"}, None),
        ({"x-page": "3"}, None),
        ({}, Onward(page=4)),
    ],
)
def test_where_a_list_goes_on(headers: dict[str, str], expected: Onward | None) -> None:
    assert onward(headers, page=3, size=100, per_page=100) == expected


@given(st.text(max_size=60), st.text(max_size=60), st.integers(0, 101))
@settings(max_examples=150, deadline=None)
def test_no_header_breaks_the_reading(link: str, following: str, size: int) -> None:
    found = onward({"link": link, "x-next-page": following}, page=1, size=size, per_page=100)
    assert found is None or found.page is not None or found.cursor is not None
