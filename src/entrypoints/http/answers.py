"""Answers and errors over HTTP, in the shapes of spec/cli.md."""

import time
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from domain.errors import LoreError, UsageError
from entrypoints.answers import answer_body
from entrypoints.json_text import to_json
from entrypoints.outcomes import error_body, http_status
from entrypoints.redaction import redact_all
from entrypoints.schemas import Schema, schema_of

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_FORBIDDEN = 403


class Asked:
    """What a request says about the form of its answer, and when it began."""

    def __init__(self, fields: str | None = None, max_tokens: int | None = None) -> None:
        self._began = time.monotonic()
        self._fields = fields
        self._max_tokens = max_tokens

    def answer(self, data: object, meta: Mapping[str, object], *, status: int = 200) -> Response:
        elapsed_ms = round((time.monotonic() - self._began) * 1000)
        body = answer_body(data, meta, elapsed_ms=elapsed_ms, fields=self._fields, max_tokens=self._max_tokens)
        return _json(body, status)


def failure(error: LoreError, *, status: int | None = None) -> Response:
    return _json(redact_all(error_body(error)), http_status(error.code) if status is None else status)


def refusal(message: str) -> Response:
    return failure(UsageError(message), status=_FORBIDDEN)


def _json(body: object, status: int) -> Response:
    return Response(to_json(body), status_code=status, media_type="application/json", headers=_HEADERS)


def response_schema(data: dict[str, Any]) -> dict[str, Any]:
    """An answer's schema, for a route's `responses`."""
    body = {
        "type": "object",
        "properties": {"ok": {"const": True}, "data": data, "meta": {"type": "object"}},
        "required": ["ok", "data", "meta"],
    }
    return {"content": {"application/json": {"schema": body}}}


def list_of(name: str, record: type) -> dict[int | str, Schema]:
    """The `responses` of a route that answers a list under this name."""
    items = {"type": "array", "items": schema_of(record)}
    return {200: response_schema({"type": "object", "properties": {name: items}, "required": [name]})}
