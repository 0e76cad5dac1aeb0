"""The tour of `lore demo`: real commands against the sample GitLab and a store that goes with the tour."""

import io
import json
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from domain.errors import LoreError
from entrypoints.cli.invocation import GlobalOptions, Invocation
from entrypoints.cli.output import screen_of
from entrypoints.cli.screen import Cell
from entrypoints.container import SampleInstance, open_sample_gitlab
from entrypoints.settings import EmbeddingSettings, InstanceSettings, Settings, StorageSettings

_VARIABLE = "LORE_DEMO_TOKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop of the tour: why one would ask, and the command as one types it."""

    why: str
    command: str


STOPS = (
    Stop(why="Bring in everything: issues, merge requests, threads, events, diffs.", command="lore sync"),
    Stop(why="What is open?", command="lore issues --state opened -n 8"),
    Stop(why="One issue, with its threads and what refers to it.", command="lore issues 13 -p press"),
    Stop(why="Where was that decided? In words, not by number.", command='lore search "clock jump lease" -n 3'),
    Stop(why="Refresh one item now, whatever else is going on.", command="lore sync --issue 13 -p orchard/press"),
    Stop(why="What was done, and did it work?", command="lore sync-runs"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAnswer:
    why: str
    command: str
    answer: object
    """What a program gets for the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    stops: tuple[StopAnswer, ...]


class TourFailed(LoreError):
    """A command of the tour did not work. Its own error was told before."""


def people_tour(run: Invocation) -> None:
    """Show each command as it is typed, and what it answers."""
    screen = screen_of(run)
    screen.line("A small GitLab with three projects runs on this machine for a moment. Nothing is left behind.")
    with _sample(run) as (settings, environ):
        for stop in STOPS:
            screen.blank()
            screen.line(Cell(stop.why, "dim"))
            screen.line(Cell("$ ", "green"), Cell(stop.command, "bold"))
            _run(stop, settings, environ, run, stdout=run.stdout, robot=False)
    screen.blank()
    screen.line("Your own GitLab: ", Cell("lore init", "cyan"), ", then ", Cell("lore sync", "cyan"), ".")


def robot_tour(run: Invocation) -> Tour:
    answers = []
    with _sample(run) as (settings, environ):
        for stop in STOPS:
            stdout = io.StringIO()
            _run(stop, settings, environ, run, stdout=stdout, robot=True)
            answers.append(StopAnswer(why=stop.why, command=stop.command, answer=json.loads(stdout.getvalue())))
    return Tour(stops=tuple(answers))


def _run(
    stop: Stop, settings: Settings, environ: Mapping[str, str], run: Invocation, *, stdout: TextIO, robot: bool
) -> None:
    from entrypoints.cli.app import run as run_command

    options = GlobalOptions(robot=robot, quiet=run.options.quiet, color=run.options.color)
    inner = Invocation(environ=environ, stdin=run.stdin, stdout=stdout, stderr=run.stderr, options=options)
    inner.use(settings)
    if run_command(shlex.split(stop.command)[1:], inner):
        raise TourFailed(f"`{stop.command}` did not work on the sample.", suggestion="Please report it.")


@contextmanager
def _sample(run: Invocation) -> Iterator[tuple[Settings, Mapping[str, str]]]:
    """The sample GitLab and settings for it, whose store and token end with the block."""
    with tempfile.TemporaryDirectory(prefix="lore-demo-") as folder, open_sample_gitlab() as sample:
        yield _settings(Path(folder), sample), {**run.environ, _VARIABLE: sample.token, "PAGER": ""}


def _settings(folder: Path, sample: SampleInstance) -> Settings:
    instance = InstanceSettings(name="sample", url=sample.url, token_env=_VARIABLE, projects=sample.projects)
    return Settings(
        config_file=folder / "config.toml",
        config_exists=True,
        data_folder=folder,
        storage=StorageSettings(database_url=f"sqlite:///{folder / 'lore.db'}"),
        instances=(instance,),
        embedding=EmbeddingSettings(provider="none"),
    )
