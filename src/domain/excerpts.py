"""Long texts on one line."""

import re

_SPACE = re.compile(r"\s+")


def one_line(text: str, length: int = 160) -> str:
    """The text without line breaks, cut at a word where it is longer than `length` characters."""
    line = _SPACE.sub(" ", text).strip()
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
