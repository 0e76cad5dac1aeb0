"""Syncs in processes of their own that can be killed anywhere; forked, so that each costs its own time only.

`python -m integration.forked_runs FOLDER URL TOKEN PROJECT...` first reads which modules to load, then one order a
line, and for each says the process id of a child, waits for a line, lets the child go, and says how it ended.
"""

import gc
import importlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Engine, event

from adapters.system.clock import SystemClock
from domain.refs import EntityKind
from integration.real_house import RealHouse

KILLED = -signal.SIGKILL
_LATE = {"adapters", "application", "domain", "entrypoints", "httpx", "pydantic", "sqlalchemy"}
"""Packages of which a run imports parts when it needs them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A standard sync, or a surgical one of the targets of the first project."""

    targets: tuple[tuple[str, int], ...] = ()
    dies_at_statement: int | None = None
    """The SQL statement before which the process kills itself, counted from 1."""


def run(house: RealHouse, order: Order) -> None:
    if order.dies_at_statement is not None:
        die_at(order.dies_at_statement)
    if order.targets:
        house.refresh_named(house.projects[0], *((EntityKind(kind), iid) for kind, iid in order.targets))
    else:
        house.sync()


def die_at(fatal: int) -> None:
    counting, count = threading.Lock(), 0

    def step(_statement: str) -> None:
        nonlocal count
        with counting:
            count += 1
        if count >= fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(Engine, "connect")
    def watch(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(step)


def serve(house: RealHouse, orders: Iterable[str]) -> None:
    lines = iter(orders)
    for module in json.loads(next(lines)):
        importlib.import_module(module)
    gc.freeze()
    for line in lines:
        told = json.loads(line)
        order = Order(**told | {"targets": tuple(map(tuple, told["targets"]))})
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(writing)
            os.read(reading, 1)
            try:
                run(house, order)
            except BaseException as error:  # noqa: BLE001  the parent has to hear of anything
                os.write(2, f"{type(error).__name__}: {error}\n".encode())
                os._exit(1)
            os._exit(0)
        os.close(reading)
        _say(child)
        next(lines)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        _say(os.waitstatus_to_exitcode(status))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


class ForkedRuns:
    """The other side of `serve`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = 0
        """Of the run under way."""

    def run(self, order: Order) -> int:
        """Returns the exit code: 0, 1 for an error, or minus the number of the signal that ended it."""
        self._tell(json.dumps(asdict(order)))
        self.pid = self._hear()
        self._tell("go")
        return self._hear()

    def load(self, modules: Iterable[str]) -> None:
        """What this process has loaded for a run, every fork has to have as well."""
        self._tell(json.dumps(list(modules)))

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _hear(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@contextmanager
def forked_runs(house: RealHouse) -> Iterator[ForkedRuns]:
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    words = [str(house.folder), house.url, house.token, *house.projects]
    with subprocess.Popen(
        [sys.executable, "-m", "integration.forked_runs", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | paths,
    ) as process:
        runs = ForkedRuns(process)
        runs.load(name for name in sys.modules if name.partition(".")[0] in _LATE)
        yield runs


if __name__ == "__main__":
    folder, url, token, *projects = sys.argv[1:]
    serve(
        RealHouse(folder=Path(folder), url=url, token=token, projects=tuple(projects), clock=SystemClock()), sys.stdin
    )
