"""Which of the known names somebody meant."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from domain.errors import Ambiguous, NotFound, UsageError

MAX_CANDIDATES = 10


def similar(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """Up to three known names that look like it, the most similar first, for a did-you-mean."""
    by_folded = {one.casefold(): one for one in reversed(known)}
    return tuple(by_folded[one] for one in get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.6))


def resolve_project(name: str, paths: Sequence[str]) -> str:
    """The one path that the name means: exactly, then whatever its case, by suffix, by substring (spec/cli.md).

    Raises `Ambiguous` with the candidates where a rule fits several, `NotFound` with near matches where none fits.
    """
    wanted = name.strip().strip("/").casefold()
    if not wanted:
        raise UsageError("The name of the project is empty.", suggestion="Name one, such as group/project or its end.")
    rules: tuple[Callable[[str], bool], ...] = (
        lambda path: path == name,
        lambda path: path.casefold() == wanted,
        lambda path: path.casefold().endswith(f"/{wanted}"),
        lambda path: wanted in path.casefold(),
    )
    for fits in rules:
        candidates = sorted(path for path in paths if fits(path))
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise Ambiguous(
                f"{name!r} fits {len(candidates)} projects: {', '.join(candidates[:MAX_CANDIDATES])}.",
                suggestion="Give the full path.",
                details={"candidates": candidates[:MAX_CANDIDATES], "total": len(candidates)},
            )
    near = similar(name, paths)
    raise NotFound(
        f"The store holds no project {name!r}.",
        suggestion=f"Did you mean {', '.join(near)}?" if near else "`lore project list` shows what it holds.",
        actions=("lore project list",),
        details={"near": list(near)},
    )
