"""The stretch of a text that shows why it was found."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SNIPPET_CHARS = 240
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_ENDING = 3
_SHORTEST_STEM = 4
_LONGEST_SKIP = 30
_LEAD_IN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    text: str
    highlights: tuple[tuple[int, int], ...]
    """(start, end) in characters of `text`, in order."""


def snippet(text: str, terms: Iterable[str], *, at_most: int = SNIPPET_CHARS) -> Snippet:
    """The window with the most different terms, the earliest of equals; the beginning where none occurs."""
    plain = _SPACE.sub(" ", text).strip()
    found = _occurrences(plain, tuple(dict.fromkeys(terms)))
    start = _best_start(found, at_most)
    start = 0 if len(plain) <= at_most else _word_start(plain, min(start, len(plain) - at_most))
    end = min(start + at_most, len(plain))
    before, after = "… " if start else "", " …" if end < len(plain) else ""
    shift = len(before) - start
    highlights = tuple((at + shift, until + shift) for at, until, _ in found if at >= start and until <= end)
    return Snippet(text=f"{before}{plain[start:end].strip()}{after}", highlights=highlights)


def count_terms(text: str, terms: Sequence[str]) -> int:
    """How many different terms the text holds."""
    return len({term for *_, term in _occurrences(text, tuple(dict.fromkeys(terms)))})


def _occurrences(text: str, terms: Sequence[str]) -> list[tuple[int, int, str]]:
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters grow when lowered; the marks must still fit
        lowered = text
    stems = {term: _stem(term.lower()) for term in terms}
    any_stem = tuple(stems.values())
    found = [
        (word.start(), word.end(), term)
        for word in _WORD.finditer(lowered)
        if word[0].startswith(any_stem)  # most words are nobody's: one call for all terms is five times as fast
        for term, stem in stems.items()
        if word[0].startswith(stem)
    ]
    for term, stem in stems.items():
        if not stem.isascii():  # CJK has no spaces: a term stands inside a word
            found += [(at.start(), at.end(), term) for at in re.finditer(re.escape(stem), lowered)]
    return _apart(sorted(found))


def _stem(term: str) -> str:
    return (
        term if len(term) <= _SHORTEST_STEM or not term.isascii() else term[: max(_SHORTEST_STEM, len(term) - _ENDING)]
    )


def _apart(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for one in found:
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    return kept


def _best_start(found: Sequence[tuple[int, int, str]], width: int) -> int:
    best, best_start, end = 0, 0, 0
    inside: dict[str, int] = {}
    for first, _, term in found:
        while end < len(found) and found[end][1] <= first + width - _LEAD_IN:
            inside[found[end][2]] = inside.get(found[end][2], 0) + 1
            end += 1
        if len(inside) > best:
            best, best_start = len(inside), first
        if inside.get(term):
            inside[term] -= 1
            if not inside[term]:
                del inside[term]
    return max(best_start - _LEAD_IN, 0)


def _word_start(text: str, at: int) -> int:
    space = text.find(" ", at)
    return at if at == 0 or space < 0 or space - at > _LONGEST_SKIP else space + 1
