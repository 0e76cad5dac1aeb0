"""The serialiser, its JSON, and answers that are bounded."""

import json
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.runs import Counters, Failure, Run, RunMode, RunPhase, RunStatus
from entrypoints.budget import fit
from entrypoints.json_text import to_json, tokens_of
from entrypoints.views import MINIMAL, Plain, chosen_fields, only, plain, unknown_fields

NOON = 1_767_268_800_000


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    updated_at: int | None
    name: str = "n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    colour: Colour
    inner: Inner
    several: tuple[Inner, ...] = ()
    labels: frozenset[str] = frozenset()
    at: int = 3


class TestPlain:
    def test_records_nest(self) -> None:
        outer = Outer(colour=Colour.RED, inner=Inner(updated_at=NOON), several=(Inner(updated_at=None),))
        assert plain(outer) == {
            "colour": "red",
            "inner": {"updated_at": "2026-01-01T12:00:00.000Z", "name": "n"},
            "several": [{"updated_at": None, "name": "n"}],
            "labels": [],
            "at": 3,
        }

    def test_a_ledger_row_is_json(self) -> None:
        run = Run(
            run_id="r",
            mode=RunMode.SURGICAL,
            phase=RunPhase.DONE,
            status=RunStatus.SUCCEEDED,
            started_at=NOON,
            heartbeat_at=NOON + 1,
            counters=Counters(fetched=2),
            failures=(Failure(stage="docs", code="X", message="m"),),
            stage_ms=(("ingest", 12),),
        )
        shown = plain(run)
        assert isinstance(shown, dict)
        assert shown["started_at"] == "2026-01-01T12:00:00.000Z"
        assert shown["heartbeat_at"] == "2026-01-01T12:00:00.001Z"
        assert shown["stage_ms"] == [["ingest", 12]]
        assert json.loads(to_json(shown)) == shown

    def test_truth_and_numbers_are_no_times(self) -> None:
        assert plain({"is_at": True, "deleted_at": None, "score": 0.5}) == {
            "is_at": True,
            "deleted_at": None,
            "score": 0.5,
        }

    def test_what_json_does_not_know_is_a_fault(self) -> None:
        for value in (b"bytes", object(), Inner):
            with pytest.raises(TypeError):
                plain(value)


class TestFields:
    def test_only_what_was_asked_for_in_that_order(self) -> None:
        item: Plain = {"iid": 1, "title": "t", "state": "opened"}
        assert list(only(item, chosen_fields(" title, iid ")).items()) == [("title", "t"), ("iid", 1)]  # type: ignore[union-attr]  # it is a dict

    def test_minimal_keeps_what_an_item_has_of_it(self) -> None:
        assert only({"iid": 1, "description": "long"}, chosen_fields("minimal")) == {"iid": 1}

    def test_unknown_fields_are_found(self) -> None:
        assert unknown_fields(("iid", "titel"), {"iid", "title"}) == ("titel",)
        assert unknown_fields(MINIMAL, {"iid"}) == ()

    def test_a_row_of_values_is_left_as_it_is(self) -> None:
        assert only([1, 2], ("iid",)) == [1, 2]


class TestJson:
    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8))
    @settings(max_examples=200, deadline=None)
    def test_it_is_one_line_that_reads_back_exactly(self, value: object) -> None:
        text = to_json(value)
        assert json.loads(text) == value
        assert "\n" not in text

    @pytest.mark.requirement("cli:no-raw-escapes")
    @given(st.text(alphabet="\x1b\x7f\x9b\u202e\u2028\u200b\ufeff\ud800ab"))
    @settings(max_examples=100, deadline=None)
    def test_nothing_a_terminal_obeys_is_in_it(self, text: str) -> None:
        assert to_json([text]).isprintable()

    def test_letters_of_every_script_stay_readable(self) -> None:
        assert to_json("größer 検索") == '"größer 検索"'
        assert to_json("検", ascii_only=True) == '"\\u691c"'


def items(count: int, **fields: Plain) -> dict[str, Plain]:
    return {"items": [{"iid": number, "title": f"title {number}", **fields} for number in range(count)]}


def size(data: dict[str, Plain], meta: dict[str, Plain]) -> int:
    return tokens_of({"ok": True, "data": data, "meta": meta})


@pytest.mark.requirement("cli:max-tokens")
class TestBudget:
    def test_what_fits_stays_as_it_is(self) -> None:
        data = items(3)
        assert fit(data, {"total": 3}, 10_000) == (data, {"total": 3})

    def test_long_texts_are_cut_first(self) -> None:
        data, meta = fit(items(3, description="x" * 5_000), {}, 800)
        assert data == items(3, description="x" * 499 + "…")
        assert meta["dropped"] == ["texts beyond 500 characters"]
        assert meta["truncated"] is True

    def test_addresses_and_titles_stay_whole(self) -> None:
        data, _meta = fit(items(1, web_url="u" * 600, body="x" * 9_000), {}, 500)
        assert data == items(1, web_url="u" * 600, body="x" * 499 + "…")

    def test_inner_lists_are_cut_next(self) -> None:
        notes: list[Plain] = [{"body": "y" * 100, "gitlab_note_id": number} for number in range(40)]
        data, meta = fit({"item": {"iid": 1, "notes": notes}}, {}, 300)
        assert data == {"item": {"iid": 1, "notes": notes[:5]}}
        assert meta["dropped"] == ["entries beyond 5 of lists inside an item"]

    def test_then_fields_then_items(self) -> None:
        data, meta = fit(items(50, author="somebody", milestone="m" * 100), {"total": 50, "next_cursor": "c"}, 500)
        kept = data["items"]
        assert isinstance(kept, list)
        assert 0 < len(kept) < 50
        assert kept[0] == {"iid": 0, "title": "title 0"}
        assert meta["next_cursor"] is None, "it would lead past the items that were left out"
        assert f"--limit {len(kept)}" in str(meta["dropped"])

    def test_rows_of_values_lose_no_columns(self) -> None:
        rows: list[Plain] = [[number, "abc", None] for number in range(200)]
        data, _meta = fit({"columns": ["a", "b", "c"], "rows": rows}, {}, 400)
        kept = data["rows"]
        assert isinstance(kept, list)
        assert kept == rows[: len(kept)]

    def test_too_few_tokens_for_anything_say_so(self) -> None:
        data, meta = fit(items(1, web_url="u" * 600), {}, 60)
        assert data in ({}, {"items": []})
        assert meta["truncated"] is True

    @given(
        st.integers(min_value=60, max_value=3_000),
        st.integers(min_value=0, max_value=60),
        st.text(max_size=900),
        st.lists(st.text(max_size=50), max_size=10),
    )
    @settings(max_examples=100, deadline=None)
    def test_the_bound_is_kept_and_loss_is_told(self, bound: int, count: int, body: str, labels: list[str]) -> None:
        given_data = items(count, body=body, labels=list(labels))
        data, meta = fit(given_data, {"total": count}, bound)
        assert size(data, meta) <= bound
        assert data == given_data or meta["truncated"] is True
