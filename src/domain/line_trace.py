"""Which threads decided a line: those beside it, then those that speak of it, then those of its items (trace).

A thread beside the line was written on the diff of the merge request that brought it in. The line is looked up there
by its text, so that neither later moves nor rebases of the branch matter.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby

from domain.diff_lines import DiffLine, diff_lines, row_of_position, row_of_text, rows_between

NEAR = 3
"""Rows of a diff within which a note is about the line; GitLab shows three rows of context as well."""

_WORD = re.compile(r"[^\W\d]\w*(?:[-.:]{1,2}[^\W\d]\w*)*")
_SIMPLE_WORD = re.compile(r"[a-z]+|[A-Z][a-z]+")
_SHORTEST_IDENTIFIER = 3
_SHORTEST_PLAIN_WORD = 6
_KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        "assert async await boolean break catch class const continue default delete double elif else enum export "
        "extends false final finally float foreach from func function global goto implements import include "
        "instanceof interface lambda local long module namespace none null package pass private protected public "
        "raise return self short signed static string struct super switch template this throw throws true type "
        "typedef typename union unsigned using virtual void volatile while with yield ",
    )
)


class Nearness(IntEnum):
    """Why a thread is shown, the strongest reason first."""

    AT_THE_LINE = 0
    NAMES_IT = 1
    SAME_FILE = 2
    SAME_ITEM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedLine:
    """The line as the merge request's diff knows it. `paths` are the file's names, `line` its number in the commit.

    Line 0 is the file as a whole: nothing is at it.
    """

    text: str
    line: int
    paths: frozenset[str] = frozenset()
    diff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPosition:
    """Where on the diff a thread stands; `first_new_line` opens a range of several lines."""

    old_path: str | None = None
    new_path: str | None = None
    old_line: int | None = None
    new_line: int | None = None
    first_new_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What ranking needs of a discussion: `key` is its owner's name for it, `weigh` tells how much it decided."""

    key: int
    bodies: tuple[str, ...]
    created_at: int
    of_merge_request: bool = True
    position: ThreadPosition | None = None
    weigh: Callable[[], float] = float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedThread:
    key: int
    nearness: Nearness
    distance: int | None = None
    """Rows of the diff between note and line."""
    identifiers: tuple[str, ...] = ()
    """The identifiers of the line that the thread names."""


def identifiers_of(text: str) -> tuple[str, ...]:
    """The words of a line that are names rather than prose or keywords, in their order.

    A plain word counts as a name only where it is long; `snake_case`, `camelCase`, `UPPER` and `dotted.names` do
    from three letters on. Dotted names count as a whole and by their parts.
    """
    wholes = _WORD.findall(text)
    parts = [part for whole in wholes for part in (whole, *re.split(r"[-.:]+", whole))]
    return tuple(dict.fromkeys(part for part in parts if _is_name(part)))


def _is_name(word: str) -> bool:
    if word.casefold() in _KEYWORDS:
        return False
    plain = _SIMPLE_WORD.fullmatch(word) is not None
    return len(word) >= (_SHORTEST_PLAIN_WORD if plain else _SHORTEST_IDENTIFIER)


def rank_threads(line: TracedLine, threads: Iterable[Thread]) -> Iterator[RankedThread]:
    """Every thread with its reason: the nearest first, of equals those that decided more, then the older ones.

    They are weighed when their turn comes: it takes long, and of most merge requests few threads are shown.
    """
    rows = diff_lines(line.diff)
    names = identifiers_of(line.text)
    place = row_of_text(rows, line.text, near=line.line)
    ranked = [(thread, _ranked(thread, line, rows, place, names)) for thread in threads]
    for _, alike in groupby(sorted(ranked, key=_relevance), key=_relevance):
        yield from (one for _, one in sorted(alike, key=lambda pair: _importance(pair[0])))


def _relevance(pair: tuple[Thread, RankedThread]) -> tuple[int, int, int, bool]:
    thread, ranked = pair
    return (
        ranked.nearness,
        ranked.distance if ranked.nearness is Nearness.AT_THE_LINE and ranked.distance is not None else 0,
        -sum(map(len, ranked.identifiers)),
        not thread.of_merge_request,
    )


def _importance(thread: Thread) -> tuple[float, int, int]:
    return -thread.weigh(), thread.created_at, thread.key


def _ranked(
    thread: Thread, line: TracedLine, rows: Sequence[DiffLine], place: int | None, names: Sequence[str]
) -> RankedThread:
    named = _named(thread.bodies, names)
    beside = thread.position is not None and bool({thread.position.old_path, thread.position.new_path} & line.paths)
    if thread.position is None or not beside:
        return RankedThread(
            key=thread.key, nearness=Nearness.NAMES_IT if named else Nearness.SAME_ITEM, identifiers=named
        )
    distance = _distance(thread.position, line, rows, place)
    near = distance is not None and distance <= NEAR
    elsewhere = Nearness.NAMES_IT if named else Nearness.SAME_FILE
    return RankedThread(
        key=thread.key,
        nearness=Nearness.AT_THE_LINE if near else elsewhere,
        distance=distance,
        identifiers=named,
    )


def _distance(position: ThreadPosition, line: TracedLine, rows: Sequence[DiffLine], place: int | None) -> int | None:
    """How far the note is from the line: in rows of the diff, or in lines where the diff does not show both."""
    ends = [row_of_position(rows, position.old_line, position.new_line)]
    if position.first_new_line is not None:
        ends.append(row_of_position(rows, None, position.first_new_line))
    known = [row for row in ends if row is not None]
    if not line.line:
        return None
    if place is not None and known:
        inside = min(known) <= place <= max(known)
        return 0 if inside else min(rows_between(rows, place, row) for row in known)
    if position.new_line is None:
        return None
    here = line.line if place is None else rows[place].new_line or line.line
    return _outside(here, position.first_new_line or position.new_line, position.new_line)


def _outside(value: int, first: int, last: int) -> int:
    return max(first - value, value - last, 0)


def _named(bodies: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    text = "\n".join(bodies)
    return tuple(name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))
