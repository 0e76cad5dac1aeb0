"""An answer as every door gives it: data and what is told about it, with chosen fields and within a bound."""

from collections.abc import Mapping, Sequence

from domain.errors import UsageError
from entrypoints.budget import fit
from entrypoints.views import Plain, chosen_fields, only, plain, unknown_fields


def answer_body(
    data: object,
    meta: Mapping[str, object],
    *,
    elapsed_ms: int,
    warnings: Sequence[str] = (),
    fields: str | None = None,
    max_tokens: int | None = None,
) -> dict[str, Plain]:
    """`{"ok": true, "data": ..., "meta": ...}`. Raises `UsageError` for `fields` that the answer does not have."""
    shown = plain(data)
    if not isinstance(shown, dict):
        raise TypeError("an answer's data is a record or a mapping")
    if fields is not None:
        shown = _with_fields(shown, fields)
    told: dict[str, Plain] = {"elapsed_ms": elapsed_ms}
    if warnings:
        told["warnings"] = list(warnings)
    told |= {name: plain(value) for name, value in meta.items()}
    if max_tokens is not None:
        shown, told = fit(shown, told, max_tokens)
    return {"ok": True, "data": shown, "meta": told}


def paging(total: int, next_cursor: str | None) -> dict[str, object]:
    """What every list tells: `total` counts all that there are, `next_cursor` leads to the rest."""
    return {"total": total, "truncated": next_cursor is not None, "next_cursor": next_cursor}


def _with_fields(data: dict[str, Plain], text: str) -> dict[str, Plain]:
    """The fields of the item, or of each item of the list; an answer of another kind is an item itself."""
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
