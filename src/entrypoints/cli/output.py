"""Answers: one line of JSON for programs, something to read for people, both from the same result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from domain.errors import UsageError
from entrypoints.cli.invocation import Invocation, invocation

if TYPE_CHECKING:
    from entrypoints.cli.screen import Screen
    from entrypoints.views import Plain

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
    paging = {"total": total, "truncated": next_cursor is not None, "next_cursor": next_cursor}
    answer(ctx, {name: items}, human, meta={**paging, **(meta or {})})


def screen_of(run: Invocation) -> Screen:
    from entrypoints.cli.screen import Screen

    return Screen(run.stdout, run.environ, color=run.options.color)


def _write_json(run: Invocation, data: object, meta: Mapping[str, object]) -> None:
    from entrypoints.budget import fit
    from entrypoints.json_text import to_json
    from entrypoints.views import plain

    shown = plain(data)
    if not isinstance(shown, dict):
        raise TypeError("an answer's data is a record or a mapping")
    if run.options.fields is not None:
        shown = _with_fields(shown, run.options.fields)
    told: dict[str, Plain] = {"elapsed_ms": run.elapsed_ms}
    if run.warnings:
        told["warnings"] = list(run.warnings)
    for name, value in meta.items():
        told[name] = plain(value)
    if run.options.max_tokens is not None:
        shown, told = fit(shown, told, run.options.max_tokens)
    ascii_only = (run.stdout.encoding or "").casefold().replace("-", "") != "utf8"
    run.stdout.write(to_json({"ok": True, "data": shown, "meta": told}, ascii_only=ascii_only) + "\n")
    run.stdout.flush()


def _with_fields(data: dict[str, Plain], text: str) -> dict[str, Plain]:
    """The fields of the item, or of each item of the list; an answer of another kind is an item itself."""
    from entrypoints.views import chosen_fields, only, unknown_fields

    wanted = chosen_fields(text)
    name = next(iter(data), "")
    inside = data[name] if len(data) == 1 else data
    items = inside if isinstance(inside, list) else [inside]
    known = {field for item in items if isinstance(item, dict) for field in item}
    if known and (unknown := unknown_fields(wanted, known)):
        raise UsageError(
            f"--fields names what the answer does not have: {', '.join(unknown)}.",
            suggestion=f"It has: {', '.join(sorted(known))}.",
            details={"unknown": list(unknown), "known": sorted(known)},
        )
    chosen = [only(item, wanted) for item in items]
    if inside is not data:
        return {name: chosen if isinstance(inside, list) else chosen[0]}
    return chosen[0] if isinstance(chosen[0], dict) else data
