"""Text as the full-text index wants it: identifiers whole and by their parts, CJK as bigrams (spec/search.md).

The index splits at everything that is no letter or digit and stems what is left. So `foo_bar` is found by its parts
only, `FooBar` whole only, and a Japanese sentence is one word. What is missing is added here, on both sides alike.
"""

import re
from collections.abc import Iterator

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\uac00-\ud7af"
_CJK_RUN = re.compile(rf"[{_CJK}]+")
_WORD = re.compile(rf"[^\W_{_CJK}]++")
_COMPOUND = re.compile(rf"[^\W_{_CJK}]++(?:[_\-./:+#@\\]{{1,2}}[^\W_{_CJK}]++)++")
_LONGEST_COMPOUND = 80
_CAMEL = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]{2,}|\d+")
_HAS_HUMP = re.compile(r"[a-z\d][A-Z]|[A-Z]{2}[a-z]")
_UNPAIRED = re.compile("[\ud800-\udfff\0]")


def index_text(text: str) -> str:
    """The text to put into the index: what was written, and after it what the index could not see."""
    clean = _UNPAIRED.sub(" ", text)
    spaced = _CJK_RUN.sub(lambda run: f" {' '.join(bigrams(run[0]))} ", clean)
    extra = dict.fromkeys(_extra_tokens(clean))
    return f"{spaced}\n{' '.join(extra)}" if extra else spaced


def bigrams(run: str) -> list[str]:
    """The overlapping pairs of a run of CJK characters; a single one is itself."""
    return [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]


def whole(compound: str) -> str:
    """The one word that an identifier is in the index: `foo_bar`, `foo-bar` and `FooBar` are all `foobar`."""
    return "".join(_WORD.findall(compound)).lower()


def humps(word: str) -> list[str]:
    """The parts of a CamelCase word, lower case; of any other word none."""
    return [part.lower() for part in _CAMEL.findall(word)] if _HAS_HUMP.search(word) else []


def words(text: str) -> list[str]:
    """The words as the index will see them, CJK runs left out."""
    return _WORD.findall(text)


def compounds(text: str) -> Iterator[str]:
    """Identifiers, flags, paths and the like: words joined by punctuation."""
    return (match[0] for match in _COMPOUND.finditer(text) if len(match[0]) <= _LONGEST_COMPOUND)


def cjk_runs(text: str) -> list[str]:
    return _CJK_RUN.findall(text)


def _extra_tokens(text: str) -> Iterator[str]:
    for compound in compounds(text):
        yield whole(compound)
    for word in words(text):
        yield from humps(word)
