"""Answers: one line of JSON for programs, something to read for people, both from the same result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from entrypoints.cli.invocation import Invocation, invocation

if TYPE_CHECKING:
    from entrypoints.cli.screen import Screen

Human = Callable[["Screen"], None]
"""Shows a result to people."""


def answer(ctx: typer.Context, data: object, human: Human, *, meta: Mapping[str, object] | None = None) -> None:
    """Answer with `data`, a record or a mapping.

    `meta` is added to what every answer says of itself; its records (`freshness`) are shown as `data`'s are.
    """
    run = invocation(ctx)
    if run.robot:
        _write_json(run, data, meta or {})
    else:
        human(screen_of(run))


def answer_item(ctx: typer.Context, item: object, human: Human, *, meta: Mapping[str, object] | None = None) -> None:
    """Answer with a single thing, as `data.item`."""
    answer(ctx, {"item": item}, human, meta=meta)


def answer_list(
    ctx: typer.Context,
    items: Sequence[object],
    human: Human,
    *,
    total: int,
    next_cursor: str | None = None,
    name: str = "items",
    meta: Mapping[str, object] | None = None,
) -> None:
    """Answer with a list, never cut silently: `total` counts all that there are, `next_cursor` leads to the rest."""
    from entrypoints.answers import paging

    answer(ctx, {name: items}, human, meta={**paging(total, next_cursor), **(meta or {})})


def screen_of(run: Invocation) -> Screen:
    from entrypoints.cli.screen import Screen

    return Screen(run.stdout, run.environ, color=run.options.color)


def _write_json(run: Invocation, data: object, meta: Mapping[str, object]) -> None:
    from entrypoints.answers import answer_body
    from entrypoints.json_text import to_json

    body = answer_body(
        data,
        meta,
        elapsed_ms=run.elapsed_ms,
        warnings=run.warnings,
        fields=run.options.fields,
        max_tokens=run.options.max_tokens,
    )
    ascii_only = (run.stdout.encoding or "").casefold().replace("-", "") != "utf8"
    run.stdout.write(to_json(body, ascii_only=ascii_only) + "\n")
    run.stdout.flush()
