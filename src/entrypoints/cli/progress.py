"""How far a run has come, on standard error: a bar with rate and time left, once it takes longer than a second."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from domain.safe_text import single_line
from entrypoints.cli.invocation import Invocation

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from application.ports.progress import Progress

_AFTER_S = 1.0
"""What is over sooner shows no bar."""
_DETAIL_CHARS = 40


class SilentProgress:
    """Port `Progress`, for programs and the quiet."""

    def stage(self, name: str, *, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, steps: int = 1, *, total: int | None = None, detail: str = "") -> None:
        """Say nothing."""


class TerminalProgress:
    """Port `Progress`: one bar a stage, the finished ones above it."""

    def __init__(self, stream: TextIO, *, after_s: float = _AFTER_S) -> None:
        self._stream = stream
        self._after_s = after_s
        self._began = time.monotonic()
        self._bars: Bars | None = None
        self._task: TaskID | None = None
        self._name, self._total, self._done = "", 0, 0

    def stage(self, name: str, *, total: int | None = None) -> None:
        self._finish_stage()
        self._name, self._total, self._done = name, total or 0, 0
        self._task = None
        self._show("")

    def advance(self, steps: int = 1, *, total: int | None = None, detail: str = "") -> None:
        self._done += steps
        self._total = self._total if total is None else total
        self._show(detail)

    def close(self) -> None:
        if self._bars is not None:
            self._finish_stage()
            self._bars.stop()

    def _finish_stage(self) -> None:
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, total=max(self._done, 1), completed=max(self._done, 1), detail="")

    def _show(self, detail: str) -> None:
        if self._bars is None:
            if time.monotonic() - self._began < self._after_s:
                return
            self._bars = _bars(self._stream)
            self._bars.start()
        if self._task is None:
            self._task = self._bars.add_task(self._name, total=self._total or None, detail="")
        self._bars.update(
            self._task, total=self._total or None, completed=self._done, detail=single_line(detail)[:_DETAIL_CHARS]
        )


def _bars(stream: TextIO) -> Bars:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:.0f}/s" if speed else "", style="dim")

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<11}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[detail]}", markup=False, style="dim"),
        console=Console(file=stream, highlight=False),
    )


@contextmanager
def shown_progress(run: Invocation) -> Iterator[Progress]:
    """Bars for somebody who looks at a terminal, nothing for everybody else."""
    if run.robot or run.options.quiet or not run.stderr.isatty() or run.environ.get("TERM") == "dumb":
        yield SilentProgress()
        return
    progress = TerminalProgress(run.stderr)
    try:
        yield progress
    finally:
        progress.close()
