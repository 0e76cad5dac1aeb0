"""The stretch of a text that shows why it was found."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

SNIPPET_CHARS = 240
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
    stems = {term: stem(term.lower()) for term in terms}
    found = [
        (word.start(), word.end(), term)
        for word in _words_with(tuple(stems.values())).finditer(lowered)  # most words are nobody's
        for term, start in stems.items()
        if word[0].startswith(start)
    ]
    for term, start in stems.items():
        if not start.isascii():  # CJK has no spaces: a term stands inside a word
            found += [(at.start(), at.end(), term) for at in re.finditer(re.escape(start), lowered)]
    return _apart(sorted(found))


@lru_cache(maxsize=64)
def _words_with(stems: tuple[str, ...]) -> re.Pattern[str]:
    """Words that begin with one of the stems; without stems, none."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, stems))})\w*" if stems else r"(?!)")


def stem(term: str) -> str:
    """The beginning that all forms of a word share, more or less; of a short one the whole."""
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
