"""The terminal, as people see it: colours, links and widths where it has them, and nothing raw from anybody else.

Every text that goes through here is made harmless first. rich is loaded when the first of them is shown.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from domain.dates import DAY_MS, ago, day
from domain.safe_text import multi_line, single_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_WIDTH_WITHOUT_TERMINAL = 100
_LEAST_WIDTH = 20
_MONTH_MS = 30 * DAY_MS
_LINK = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text on one line, with a style of rich's and perhaps an address behind it."""

    text: str
    style: str = ""
    link: str = ""


class Screen:
    def __init__(
        self, stream: TextIO, environ: Mapping[str, str], *, color: str = "auto", now_ms: int | None = None
    ) -> None:
        self._stream = stream
        self._environ = environ
        self._color = color
        self.now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms

    @cached_property
    def console(self) -> Console:
        from rich.console import Console as RichConsole

        class Console(RichConsole):
            def on_broken_pipe(self) -> None:
                raise BrokenPipeError  # rich would end the process, as if something had gone wrong

        terminal = self._stream.isatty() or self._color == "always"
        plain = self._color == "never" or (self._color == "auto" and bool(self._environ.get("NO_COLOR")))
        return Console(
            file=self._stream,
            force_terminal=terminal,
            color_system=None if plain else "auto",
            no_color=False,
            width=None if terminal else int(self._environ.get("COLUMNS") or _WIDTH_WITHOUT_TERMINAL),
            markup=False,
            emoji=False,
            highlight=False,
            _environ=self._environ,
        )

    def line(self, *pieces: Cell | str, indent: int = 0) -> None:
        """One line of pieces, each made harmless; a long one wraps at a terminal, as far in as it begins, and nowhere
        else."""
        from rich.text import Text

        line = Text().join(self.text(piece) for piece in pieces)
        if indent and self.console.is_terminal:
            self._wrapped(line, indent)
        else:
            self.console.print(Text(" " * indent).append(line), soft_wrap=not self.console.is_terminal)

    def paragraph(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """Text of several lines, such as a description."""
        from rich.text import Text

        self._wrapped(Text(multi_line(text), style=style), indent)

    def _wrapped(self, text: Text, indent: int) -> None:
        from rich.text import Text

        width = max(self.console.width - indent, _LEAST_WIDTH)
        for line in text.wrap(self.console, width):
            self.console.print(Text(" " * indent).append(line))

    def heading(self, text: str) -> None:
        self.line(Cell(text, "bold"))

    def blank(self) -> None:
        self.console.print()

    def text(self, piece: Cell | str) -> Text:
        from rich.style import Style
        from rich.text import Text

        cell = Cell(piece) if isinstance(piece, str) else piece
        style = Style.parse(cell.style)
        if link := usable_link(cell.link):
            style += Style(link=link)
        return Text(single_line(cell.text), style=style)

    def when(self, at: int | None) -> Cell:
        """How long ago it was; the day of what was longer ago than a month."""
        if at is not None and self.now_ms - at > _MONTH_MS:
            return Cell(day(at), "dim")
        return self.ago(at)

    def ago(self, at: int | None) -> Cell:
        return Cell("" if at is None else ago(at, now=self.now_ms), "dim")

    @contextmanager
    def paged(self) -> Iterator[None]:
        """What is shown in the block goes to the user's pager if the terminal is too small for it."""
        if not self._stream.isatty():
            yield
            return
        with self.console.capture() as capture:
            yield
        text = capture.get()
        if text.count("\n") < self.console.height or not _page(text, self._environ):
            self._stream.write(text)


def usable_link(address: str) -> str:
    """An address that may stand behind a text: http(s), and nothing in it that could end the link early."""
    if address.startswith(_LINK) and address.isascii() and address.isprintable() and " " not in address:
        return address
    return ""


def _page(text: str, environ: Mapping[str, str]) -> bool:
    """False where there is no pager, or the user wants none (PAGER is empty)."""
    words = shlex.split(environ.get("PAGER", "less"))
    if not words:
        return False
    settings = {"LESS": "FRX", **os.environ, **environ}
    try:
        subprocess.run(words, input=text.encode(), env=settings, check=False)  # noqa: S603 - the user's own pager
    except OSError:
        return False
    return True
