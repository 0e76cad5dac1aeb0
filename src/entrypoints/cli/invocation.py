"""One run of the command: what was typed for every command, where answers go, and how to get at the use-cases."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import typer

from domain.safe_text import single_line
from entrypoints.cli.robot_mode import is_robot

if TYPE_CHECKING:
    from application.ports.progress import Progress
    from entrypoints.container import Container, Surroundings
    from entrypoints.settings import Settings

    Opened = Callable[[Settings, Surroundings], AbstractContextManager[Container]]


@dataclass(slots=True, kw_only=True)
class GlobalOptions:
    """What was typed of the options that every command takes."""

    config: Path | None = None
    robot: bool | None = None
    fields: str | None = None
    max_tokens: int | None = None
    quiet: bool = False
    verbosity: int = 0
    color: str = "auto"


@dataclass(slots=True, kw_only=True)
class Invocation:
    environ: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    open_container: Opened | None = None
    """Given by tests; None: the real one."""
    options: GlobalOptions = field(default_factory=GlobalOptions)
    command: str | None = None
    """The full name of the command under way, such as `issues` or `token set`."""
    warnings: list[str] = field(default_factory=list)
    """What robots are told in `meta.warnings`."""
    started: float = field(default_factory=time.monotonic)
    _settings: Settings | None = None

    @property
    def robot(self) -> bool:
        return is_robot(self.options.robot, self.environ, terminal=self.stdout.isatty(), command=self.command)

    @property
    def interactive(self) -> bool:
        """Whether somebody is there to answer a question."""
        return not self.robot and self.stdin.isatty() and self.stdout.isatty()

    @property
    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self.started) * 1000)

    def settings(self) -> Settings:
        from entrypoints.settings_loading import load_settings

        if self._settings is None:
            self._settings = load_settings(self.environ, config=self.options.config)
        return self._settings

    def use(self, settings: Settings) -> None:
        """Take these settings instead of those of the configuration."""
        self._settings = settings

    def warn(self, text: str) -> None:
        """Tell what is no error: people on standard error, robots with the answer."""
        if self.robot:
            self.warnings.append(text)
        else:
            self.stderr.write(f"lore: {single_line(text)}\n")


def this_process() -> Invocation:
    return Invocation(environ=os.environ, stdin=sys.stdin, stdout=sys.stdout, stderr=sys.stderr)


def invocation(ctx: typer.Context) -> Invocation:
    return cast("Invocation", ctx.obj)


def opened(
    ctx: typer.Context,
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    urgent: bool = False,
    hasty: bool = False,
) -> AbstractContextManager[Container]:
    """The use-cases over these settings (else those of the configuration), open for a block.

    `progress` is where they tell how far they are (else nowhere). `urgent` and `hasty`: see `Surroundings`.
    """
    from entrypoints.cli.progress import SilentProgress
    from entrypoints.container import Surroundings, open_container

    run = invocation(ctx)
    enter = run.open_container or open_container
    surroundings = Surroundings(environ=run.environ, progress=progress or SilentProgress(), urgent=urgent, hasty=hasty)
    return enter(settings or run.settings(), surroundings)
