"""Runs of the command in this process, with streams that tests can read and a terminal that is none."""

import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from entrypoints.cli.app import run
from entrypoints.cli.invocation import Invocation
from entrypoints.container import Container, Surroundings
from entrypoints.quick_injector import providers
from entrypoints.settings import Settings


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Pipe(io.StringIO):
    encoding = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    exit_code: int
    stdout: str
    stderr: str

    @property
    def answer(self) -> Any:
        """The robot's answer; everything that came on standard output has to be it."""
        assert self.exit_code == 0, self.stderr
        assert self.stdout.count("\n") == 1
        read = json.loads(self.stdout)
        assert read["ok"] is True
        return read

    @property
    def data(self) -> Any:
        return self.answer["data"]

    @property
    def error(self) -> Any:
        """The robot's error; it stands alone, on standard error."""
        assert self.stdout == ""
        read = json.loads(self.stderr)
        assert read["ok"] is False
        return read["error"]


class _redirected_stdin(contextlib.redirect_stdout[io.StringIO]):  # noqa: N801 - as contextlib names its own
    _stream = "stdin"


class Lore:
    """The command with given adapters in the place of the real ones, by the container's names for them."""

    def __init__(self, environ: Mapping[str, str] | None = None, **adapters: object) -> None:
        self.environ = {"COLUMNS": "200", "TERM": "xterm", "NO_COLOR": "1", **(environ or {})}
        self.adapters = adapters

    def __call__(self, *arguments: str, stdin: str = "", terminal: bool = False) -> Ran:
        """`terminal`: somebody sits at it, so that answers are for people."""
        stdout: io.StringIO = Terminal() if terminal else Pipe()
        stderr = Pipe()
        typed = Terminal(stdin) if terminal else Pipe(stdin)
        invocation = Invocation(
            environ=self.environ,
            stdin=typed,
            stdout=stdout,
            stderr=stderr,
            open_container=self._open,
        )
        with _redirected_stdin(typed), contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            exit_code = run(arguments, invocation)
        return Ran(exit_code=exit_code, stdout=stdout.getvalue(), stderr=stderr.getvalue())

    @contextmanager
    def _open(self, settings: Settings, surroundings: Surroundings) -> Iterator[Container]:
        with ExitStack() as closing:
            box = Container(settings=settings, surroundings=surroundings, closing=closing)
            box.override_providers(**{name: providers.Object(adapter) for name, adapter in self.adapters.items()})
            yield box
