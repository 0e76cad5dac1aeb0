"""The faults of the sample GitLab: which requests they hit, and what becomes of the answers."""

import json
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sample_gitlab import effects
from adapters.sample_gitlab.faults import Effect, Faults
from adapters.sample_gitlab.journal import Journal
from adapters.sample_gitlab.messages import Request, Response
from adapters.sample_gitlab.registry import WorldClock
from adapters.sample_gitlab.settings import RateLimit
from adapters.sample_gitlab.throttle import Throttle

ROWS = [{"id": 1, "iid": 1}, {"id": 2, "iid": 2}]


def request(target: str = "/api/v4/projects/1/issues?page=2", method: str = "GET") -> Request:
    path, _, query = target.partition("?")
    return Request(method, path, query, {"host": "here:80"})


def rows_answer() -> Response:
    headers = (("Link", '<http://here/2>; rel="next"'), ("X-Next-Page", "3"), ("X-Page", "2"), ("X-Request-Id", "a"))
    return Response(200, json.dumps(ROWS).encode(), headers)


def statuses(faults: Faults, times: int, target: str = "/api/v4/projects/1/issues") -> list[int]:
    return [faults.apply(request(target), rows_answer).status for _ in range(times)]


def hit(effect: Effect) -> Response:
    faults = Faults()
    faults.add(effect)
    return faults.apply(request(), rows_answer)


def test_a_fault_lets_some_requests_pass_and_then_hits_some() -> None:
    faults = Faults()
    faults.add(effects.status(503), after=1, times=2)
    assert statuses(faults, 5) == [200, 503, 503, 200, 200]


def test_a_fault_without_an_end_hits_all_until_it_is_removed() -> None:
    faults = Faults()
    rule = faults.add(effects.status(500), times=None)
    assert statuses(faults, 3) == [500, 500, 500]
    faults.remove(rule)
    assert (statuses(faults, 1), rule.hits) == ([200], 3)


def test_a_fault_hits_only_the_paths_and_methods_it_names() -> None:
    faults = Faults()
    faults.add(effects.status(500), r"/issues\?", method="POST", times=None)
    faults.add(effects.status(502), r"page=2", times=None)
    assert faults.apply(request(method="POST"), rows_answer).status == 500
    assert faults.apply(request(), rows_answer).status == 502
    assert statuses(faults, 1, "/api/v4/projects/1/issues?page=1") == [200]
    faults.clear()
    assert faults.apply(request(), rows_answer).status == 200


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), probability=st.floats(0.1, 0.9))
def test_the_same_seed_gives_the_same_faults(seed: int, probability: float) -> None:
    def played() -> list[int]:
        faults = Faults(seed)
        faults.add(effects.status(504), times=None, probability=probability)
        return statuses(faults, 40)

    assert played() == played()


def test_a_probable_fault_hits_about_as_often_as_it_says() -> None:
    faults = Faults()
    faults.add(effects.status(504), times=None, probability=0.25)
    assert 180 < statuses(faults, 1000).count(504) < 320


@pytest.mark.parametrize("code", [401, 403, 404, 408, 500, 502, 503, 504, 418])
def test_any_status_can_be_answered(code: int) -> None:
    response = hit(effects.status(code))
    assert response.status == code
    assert "message" in json.loads(response.body)


def test_both_kinds_of_429_come_with_and_without_a_time() -> None:
    rack, late = hit(effects.rate_limited()), hit(effects.rate_limited(retry_after=7))
    assert (rack.status, rack.content_type, rack.body, rack.headers) == (429, "text/plain", b"Retry later\n", ())
    assert dict(late.headers)["Retry-After"] == "7"
    limited = hit(effects.rate_limited("json", retry_after=60))
    assert "too many times" in json.loads(limited.body)["message"]["error"]
    assert dict(limited.headers)["Retry-After"] == "60"


def test_permissions_and_projects_can_be_lost() -> None:
    losses = (effects.unauthorized(), effects.token_expired(), effects.forbidden(), effects.project_gone())
    assert [hit(effect).status for effect in losses] == [401, 401, 403, 404]
    assert json.loads(hit(effects.token_expired()).body)["error"] == "invalid_token"


def test_an_error_page_is_html() -> None:
    response = hit(effects.html(502))
    assert response.content_type.startswith("text/html")
    assert response.body.startswith(b"<!DOCTYPE html>")


def test_the_transport_can_fail() -> None:
    assert hit(effects.reset()).transport == "reset"
    assert hit(effects.truncated()).transport == "truncated"
    assert hit(effects.slow(30)).delay_ms == 30
    released = Event()
    assert hit(effects.hang(released)).released is released
    assert hit(effects.hang()).released is not None


def test_broken_json_cannot_be_read() -> None:
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(hit(effects.invalid_json()).body)


def test_paging_headers_can_be_missing() -> None:
    assert dict(hit(effects.no_paging_headers()).headers) == {"X-Request-Id": "a"}


def test_rows_can_come_twice() -> None:
    assert [row["id"] for row in json.loads(hit(effects.duplicates()).body)] == [1, 2, 1, 2]


def test_a_page_can_be_its_own_next_page() -> None:
    told = dict(hit(effects.paging_loop()).headers)
    assert told["X-Next-Page"] == told["X-Page"] == "2"
    assert told["Link"] == '<http://here:80/api/v4/projects/1/issues?page=2>; rel="next"'


def test_one_record_can_be_malformed() -> None:
    assert json.loads(hit(effects.with_field("iid", "one")).body)[0]["iid"] == "one"
    assert "iid" not in json.loads(hit(effects.without_field("iid", position=1)).body)[1]
    assert json.loads(hit(effects.without_field("iid", position=9)).body) == ROWS


def test_a_single_record_can_be_malformed_and_errors_stay_as_they_are() -> None:
    faults = Faults()
    faults.add(effects.with_field("iid", None), times=None)
    assert json.loads(faults.apply(request(), lambda: Response(200, b'{"iid":1}')).body) == {"iid": None}
    assert faults.apply(request(), lambda: Response(404, b"{}")).body == b"{}"


def test_the_journal_counts_without_keeping_tokens() -> None:
    journal = Journal()
    for target in ("/api/v4/projects/1/issues/2/notes?private_token=secret&page=2", "/api/v4/projects/1"):
        journal.begin()
        journal.end(request(target), status=200, started_ms=0, took_ms=1, size=2)
    assert "secret" not in repr(journal)
    assert journal.served[0].target == "/api/v4/projects/1/issues/2/notes?page=2"
    assert journal.served[0].path == "/api/v4/projects/1/issues/2/notes"
    assert journal.by_kind() == {"projects/*/issues/*/notes": 1, "projects/*": 1}
    assert journal.by_status() == {200: 2}
    assert (journal.count("notes"), journal.count(), journal.most_at_once) == (1, 2, 1)
    assert journal.matching("notes", method="POST") == []
    journal.clear()
    assert journal.count() == 0


def throttle(limit: RateLimit | None) -> tuple[Throttle, WorldClock]:
    clock = WorldClock()
    clock.now_us = 1_750_000_035_000_000
    return Throttle(limit, clock), clock


def test_the_window_is_fixed_and_aligned_to_the_epoch() -> None:
    limited, clock = throttle(RateLimit(requests=2, period_s=60))
    assert [limited.refuse() is None for _ in range(3)] == [True, True, False]
    refused = limited.refuse()
    assert refused is not None
    told = dict(refused.headers)
    assert told["Retry-After"] == "45"
    assert told["RateLimit-Reset"] == "1750000080"
    assert told["RateLimit-ResetTime"] == "Sun, 15 Jun 2025 15:08:00 GMT"
    clock.advance(45_000_000)
    assert limited.refuse() is None
    assert dict(limited.headers())["RateLimit-Observed"] == "1"


def test_the_limit_is_told_for_a_minute_and_the_rest_for_the_window() -> None:
    limited, _ = throttle(RateLimit(requests=7200, period_s=3600))
    limited.refuse()
    told = dict(limited.headers())
    assert (told["RateLimit-Limit"], told["RateLimit-Remaining"]) == ("120", "7199")


def test_a_limit_can_be_told_without_being_kept_and_kept_without_being_told() -> None:
    told_only, _ = throttle(RateLimit(requests=1, enforced=False))
    assert [told_only.refuse() for _ in range(3)] == [None, None, None]
    assert dict(told_only.headers())["RateLimit-Remaining"] == "0"
    silent, _ = throttle(RateLimit(requests=1, informed=False))
    assert (silent.refuse(), silent.headers()) == (None, ())
    assert silent.refuse() is not None


def test_without_a_limit_nothing_is_said() -> None:
    unlimited, _ = throttle(None)
    assert (unlimited.refuse(), unlimited.headers()) == (None, ())
