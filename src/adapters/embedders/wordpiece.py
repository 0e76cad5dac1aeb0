"""BERT's uncased WordPiece tokenizer, as MiniLM needs it, instead of the package `tokenizers` and its hub client.

The vocabulary beside this file is that of `bert-base-uncased` (Apache-2.0): one piece a line, its number is its line.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

CLS: Final = 101
SEP: Final = 102
UNKNOWN: Final = 100
VOCABULARY_SIZE: Final = 30_522
_VOCABULARY: Final = Path(__file__).with_name("bert_base_uncased_vocab.txt")
_LONGEST_WORD: Final = 100
_REMEMBERED_WORDS: Final = 200_000

_CJK_RANGES: Final = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class _Spacing(dict[int, str]):
    """What each character becomes before the text is split at spaces; computed once for each character that occurs."""

    def __missing__(self, code: int) -> str:
        spaced = _spaced(chr(code))
        self[code] = spaced
        return spaced


class WordPiece:
    """Text into vocabulary numbers. Not shared between threads while a text is being tokenized."""

    def __init__(self, vocabulary: Mapping[str, int] | None = None) -> None:
        self._vocabulary = vocabulary if vocabulary is not None else read_vocabulary()
        self._spacing = _Spacing()
        self._words: dict[str, tuple[int, ...]] = {}

    def pieces(self, text: str) -> list[int]:
        """The numbers of a text's pieces, without the marks of beginning and end."""
        numbers: list[int] = []
        for word in self._split(text):
            known = self._words.get(word)
            numbers.extend(known if known is not None else self._remember(word))
        return numbers

    def encode(self, text: str, *, at_most: int) -> list[int]:
        """The numbers that the model reads: beginning, at most `at_most - 2` pieces, end."""
        return [CLS, *self.pieces(text)[: at_most - 2], SEP]

    def _split(self, text: str) -> Sequence[str]:
        plain = text if text.isascii() else unicodedata.normalize("NFD", text)
        return plain.lower().translate(self._spacing).split()

    def _remember(self, word: str) -> tuple[int, ...]:
        if len(self._words) >= _REMEMBERED_WORDS:
            self._words.clear()
        pieces = self._words[word] = self._longest_matches(word)
        return pieces

    def _longest_matches(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return (UNKNOWN,)
        numbers: list[int] = []
        start = 0
        while start < len(word):
            found = self._longest_match(word, start)
            if found is None:
                return (UNKNOWN,)
            number, start = found
            numbers.append(number)
        return tuple(numbers)

    def _longest_match(self, word: str, start: int) -> tuple[int, int] | None:
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            number = self._vocabulary.get(prefix + word[start:end])
            if number is not None:
                return number, end
        return None


def read_vocabulary() -> dict[str, int]:
    """Every piece of the built-in vocabulary with its number."""
    pieces = _VOCABULARY.read_text(encoding="utf-8").split("\n")
    return {piece: number for number, piece in enumerate(pieces) if piece}


def _spaced(character: str) -> str:
    """A character as BERT's basic tokenizer sees it: gone, a space, itself, or itself as a word of its own."""
    category = unicodedata.category(character)
    if character in "\t\n\r" or category == "Zs":
        return " "
    if character == "\ufffd" or category in {"Mn", "Cc", "Cf", "Co", "Cs", "Cn"}:
        return ""
    stands_alone = (
        category.startswith("P") or (character.isascii() and not character.isalnum()) or _is_cjk(ord(character))
    )
    return f" {character} " if stands_alone else character


def _is_cjk(code: int) -> bool:
    return any(first <= code <= last for first, last in _CJK_RANGES)
