"""The match expressions of `domain.query`, evaluated word by word."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.text_analysis import index_text

_TOKEN = re.compile(r'"(?P<quoted>(?:[^"]|"")*)"(?P<prefix>\*?)|(?P<word>AND|OR|\(|\))|\s+')
_WORD = re.compile(r"[^\W_]+")

Field = tuple[str, ...]
"""The words of one field, as the index sees them."""
Score = Callable[[Sequence[Field]], tuple[int, ...]]
"""How often an expression occurs in each field; all zero: it does not hold."""


def words_of(text: str) -> Field:
    return tuple(_WORD.findall(index_text(text).lower()))


def evaluated(expression: str) -> Score:
    """AND binds tighter than OR, as in FTS5."""
    return _Parser([match for match in _TOKEN.finditer(expression) if match.group().strip()]).alternatives()


@dataclass(slots=True)
class _Parser:
    tokens: list[re.Match[str]]

    def alternatives(self) -> Score:
        return self._joined(self._all_of, "OR", any)

    def _all_of(self) -> Score:
        return self._joined(self._one, "AND", all)

    def _joined(self, part: Callable[[], Score], word: str, enough: Callable[[Sequence[bool]], bool]) -> Score:
        parts = [part()]
        while self.tokens and self.tokens[0]["word"] == word:
            self.tokens.pop(0)
            parts.append(part())

        def score(fields: Sequence[Field]) -> tuple[int, ...]:
            found = [one(fields) for one in parts]
            holds = enough([any(counts) for counts in found])
            return tuple(sum(counts) for counts in zip(*found, strict=True)) if holds else (0,) * len(fields)

        return score

    def _one(self) -> Score:
        token = self.tokens.pop(0)
        if token["word"] == "(":
            inside = self.alternatives()
            self.tokens.pop(0)
            return inside
        phrase = tuple(_WORD.findall(token["quoted"].lower()))
        return lambda fields: tuple(_occurrences(field, phrase, is_prefix=bool(token["prefix"])) for field in fields)


def _occurrences(field: Field, phrase: Field, *, is_prefix: bool) -> int:
    width = len(phrase)
    return sum(_fits(field[at : at + width], phrase, is_prefix=is_prefix) for at in range(len(field) - width + 1))


def _fits(found: Field, phrase: Field, *, is_prefix: bool) -> bool:
    if is_prefix and phrase:
        return found[:-1] == phrase[:-1] and found[-1].startswith(phrase[-1])
    return bool(phrase) and found == phrase
