"""What tests of the SQL store run in other processes; `python -m contracts.store_processes JOB DATABASE` runs one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from adapters.locks.kernel_liveness import KernelLiveness
from adapters.sql.content_store import SqlContentStore
from adapters.sql.database import open_database
from adapters.sql.locks import SqlLocks
from adapters.sql.run_ledger import SqlRunLedger
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UuidIdentifiers
from adapters.system.process_identity import SystemProcessIdentity
from application.ports.locks import SYNC
from contracts import builders
from domain.refs import EntityKind, ProjectId, SourceKey, SourceType

WAIT_MS = 60_000
PROJECT = ProjectId(1)


def liveness_beside(database: Path) -> KernelLiveness:
    return KernelLiveness(database.with_suffix(".locks"))


def locks_on(engine: Engine, database: Path) -> SqlLocks:
    """As a program of its own would have them."""
    return SqlLocks(
        engine,
        liveness=liveness_beside(database),
        clock=SystemClock(),
        identifiers=UuidIdentifiers(),
        process=SystemProcessIdentity(),
    )


def ledger_on(engine: Engine, database: Path) -> SqlRunLedger:
    return SqlRunLedger(
        engine, liveness=liveness_beside(database), clock=SystemClock(), process=SystemProcessIdentity()
    )


def register_project(database: Path) -> int:
    """The key that this process found or made."""
    with open_database(f"sqlite:///{database}") as engine:
        store = SqlContentStore(engine, SystemClock())
        with locks_on(engine, database).hold(SYNC, wait_ms=WAIT_MS) as lease, store.writing(lease) as transaction:
            registered = transaction.projects.register(
                builders.INSTANCE, builders.BASE_URL, builders.project(), in_standard_sync=True
            )
        return registered.project_id


def count_up(database: Path, times: int) -> None:
    """Read a number in one transaction and write its successor in another, under the lock."""
    with open_database(f"sqlite:///{database}") as engine:
        store, locks = SqlContentStore(engine, SystemClock()), locks_on(engine, database)
        for _ in range(times):
            with locks.hold(SYNC, wait_ms=WAIT_MS) as lease:
                with store.reading() as view:
                    number = view.cursors.get(PROJECT, EntityKind.ISSUE) or 0
                with store.writing(lease) as transaction:
                    transaction.cursors.move(PROJECT, EntityKind.ISSUE, number + 1)


def hold(database: Path) -> None:
    """Take the lock and keep it until the standard input ends."""
    with open_database(f"sqlite:///{database}") as engine, locks_on(engine, database).hold(SYNC, wait_ms=WAIT_MS):
        _say("held")
        sys.stdin.read()


def wait(database: Path) -> None:
    """Queue up for the lock; say so when it is held at last."""
    _say("waiting")
    hold(database)


def run(database: Path) -> None:
    """Be a run of the ledger until the standard input ends."""
    with open_database(f"sqlite:///{database}") as engine:
        ledger = ledger_on(engine, database)
        with ledger.living("run-1"):
            me = SystemProcessIdentity()
            ledger.save(builders.run("run-1", host=me.host, pid=me.pid))
            _say("running")
            sys.stdin.read()


def write_pages(database: Path) -> None:
    """Write pages for ever: three dirty sources and the cursor that counts them, in each transaction."""
    with open_database(f"sqlite:///{database}") as engine:
        store = SqlContentStore(engine, SystemClock())
        with locks_on(engine, database).hold(SYNC, wait_ms=WAIT_MS) as lease:
            with store.reading() as view:
                number = view.cursors.get(PROJECT, EntityKind.ISSUE) or 0
            while True:
                with store.writing(lease) as transaction:
                    for _ in range(3):
                        number += 1
                        transaction.dirty.mark([SourceKey(SourceType.ISSUE, number)], queued_at=number)
                    transaction.cursors.move(PROJECT, EntityKind.ISSUE, number)
                _say(str(number))


@contextmanager
def elsewhere(job: str, database: Path) -> Iterator[subprocess.Popen[str]]:
    """The job in a process of its own, once it has said its first word; killed at the end."""
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "contracts.store_processes", job, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | paths,
    )
    with process:
        try:
            heard(process)
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str]) -> str:
    """The next word that the process says."""
    if process.stdout is None:
        raise AssertionError("it was started with a pipe")
    return process.stdout.readline().strip()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


JOBS = {"hold": hold, "wait": wait, "run": run, "write_pages": write_pages}

if __name__ == "__main__":
    JOBS[sys.argv[1]](Path(sys.argv[2]))
