"""Schemas say what the serialiser shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NewType

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest

from application.operations.doctor import HealthReport
from application.operations.sync_runs import RunReport, report_of
from contracts import builders
from domain.runs import Counters, Failure, RunStatus
from entrypoints.schemas import schema_of
from entrypoints.views import plain

Key = NewType("Key", int)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    text: str
    updated_at: int
    labels: tuple[str, ...]


def test_a_shown_record_fits_its_schema() -> None:
    shown = plain(Flat(text="t", updated_at=builders.NOON, labels=("a",)))
    jsonschema.validate(shown, schema_of(Flat))


@pytest.mark.parametrize("change", [{"updated_at": 3}, {"labels": "a"}, {"more": 1}])
def test_what_is_shown_otherwise_does_not_fit(change: dict[str, object]) -> None:
    shown = plain(Flat(text="t", updated_at=builders.NOON, labels=()))
    assert isinstance(shown, dict)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**shown, **change}, schema_of(Flat))


def test_a_ledger_row_fits_its_schema() -> None:
    run = builders.run(
        status=RunStatus.FAILED,
        counters=Counters(fetched=1),
        failures=(Failure(stage="docs", code="X", message="m"),),
        stage_ms=(("ingest", 5),),
    )
    jsonschema.validate(plain(report_of(run)), schema_of(RunReport))


def test_nested_records_have_nested_schemas() -> None:
    checks = schema_of(HealthReport)["properties"]["checks"]
    assert checks["items"]["title"] == "CheckReport"
    assert checks["items"]["properties"]["state"] == {"enum": ["ok", "warning", "failed", "skipped"]}


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (str, {"type": "string"}),
        (Key, {"type": "integer"}),
        (Colour, {"enum": ["red"]}),
        (Literal["a", "b"], {"enum": ["a", "b"]}),
        (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        (tuple[str, int], {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}),
        (frozenset[str], {"type": "array", "items": {"type": "string"}}),
        (Mapping[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (Any, {}),
    ],
)
def test_every_kind_of_field_has_one(kind: object, schema: dict[str, object]) -> None:
    assert schema_of(kind) == schema


@pytest.mark.parametrize("kind", [bytes, object(), type[int]])
def test_what_the_serialiser_does_not_show_has_none(kind: object) -> None:
    with pytest.raises(TypeError):
        schema_of(kind)
