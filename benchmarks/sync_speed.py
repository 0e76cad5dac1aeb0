"""Measure syncs against a sample GitLab with a fixed latency, beside other clients, and print a Markdown table.

    python benchmarks/sync_speed.py CORPUS [--project PATH ...] [--latency-ms 50] [--workers 8] [--sample 40]

The server runs in a process of its own, every sync as `lore` in another. Other clients read a sample of the items with
the same questions; what they would take for all is extrapolated, and marked so.
"""

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.other_clients import Reading, measured, perceval, python_gitlab
from benchmarks.served_corpus import SOURCE, TOKEN, ServedCorpus, served

TABLES = ("issues", "merge_requests", "discussions", "notes", "mr_file_changes", "mr_commits", "documents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of `lore`: the whole process, as the system saw it, and what the ledger says."""

    name: str
    seconds: float
    cpu_seconds: float
    megabytes: float
    data: dict[str, Any]

    @property
    def requests(self) -> int:
        return int(self.data["requests"]["requests"])

    @property
    def entities(self) -> int:
        return int(self.data["counters"]["fetched"])

    @property
    def until_docs_ms(self) -> int:
        """From the start of the run to the end of its documents."""
        return sum(int(stage["milliseconds"]) for stage in self.data["stages"] if stage["stage"] != "embed")


class Home:
    """A configuration and a store, in a folder."""

    def __init__(self, folder: Path, server: ServedCorpus, paths: Sequence[str], workers: int) -> None:
        folder.mkdir()
        self.store = folder / "lore.db"
        self._config = folder / "config.toml"
        self._config.write_text(
            f'[[instances]]\nname = "sample"\nurl = "{server.url}"\nprojects = {json.dumps(list(paths))}\n'
            f'[sync]\nconcurrency = {workers}\n[storage]\ndatabase_url = "sqlite:///{self.store}"\n'
            '[embedding]\nprovider = "none"\n'
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environ = {**os.environ, "PYTHONPATH": str(SOURCE), "LORE_CONFIG": str(self._config), "GITLAB_TOKEN": TOKEN}
        environ.pop("LORE_DATABASE_URL", None)
        command = [sys.executable, "-m", "lore", "--robot", *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)

    def sync(self, name: str, *arguments: str) -> Measured:
        began = time.perf_counter()
        return ended(name, began, self.start("sync", *arguments))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def counts(self) -> dict[str, int]:
        return {table: self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}  # noqa: S608 - our names


def ended(name: str, began: float, process: subprocess.Popen[str]) -> Measured:
    if process.stdout is None:
        raise RuntimeError("it was started with a pipe")
    answer = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{name} ended with {process.returncode}")
    print(f"  {name}: {seconds:.2f} s", file=sys.stderr)
    return Measured(
        name=name,
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
        data=json.loads(answer)["data"],
    )


def surgical_targets(home: Home, path: str) -> tuple[int, list[str]]:
    """The issue with the number of notes nearest to 20, and up to 100 items for one command."""
    of_project = f"WHERE p.path = '{path}'"
    issues = home.rows(
        f"SELECT i.iid, i.user_notes_count FROM issues i JOIN projects p ON p.id = i.project_id {of_project}"  # noqa: S608
    )
    changes = home.rows(f"SELECT m.iid FROM merge_requests m JOIN projects p ON p.id = m.project_id {of_project}")  # noqa: S608
    one = min(issues, key=lambda row: abs(row[1] - 20))[0]
    options = [f"--issue={iid}" for iid, _ in issues[:50]] + [f"--mr={iid}" for (iid,) in changes[:50]]
    return one, options


def during_full_sync(name: str, home: Home, path: str, iid: int) -> tuple[Measured, Measured]:
    """The surgical run, begun once the full one is at its dependents, and the full one."""
    began = time.perf_counter()
    full = home.start("sync")
    wait = threading.Event()
    while not (home.store.exists() and _phase(home) == "dependents"):
        if full.poll() is not None:
            raise SystemExit("the full sync was over before its dependents")
        wait.wait(0.05)
    surgical = home.sync(name, f"--issue={iid}", "-p", path)
    return surgical, ended("full sync, with that in it", began, full)


def _phase(home: Home) -> str:
    try:
        rows = home.rows("SELECT phase FROM sync_runs")
    except sqlite3.OperationalError:  # the schema is being made
        return ""
    return str(rows[0][0]) if rows else ""


def lore_runs(server: ServedCorpus, folder: Path, options: argparse.Namespace, paths: Sequence[str]) -> list[Measured]:
    home = Home(folder / "first", server, paths, options.workers)
    runs = [home.sync("full sync"), home.sync("idle sync")]
    server.change(10, paths[-1])
    runs.append(home.sync("incremental sync, 10 items changed"))
    one, many = surgical_targets(home, paths[-1])
    runs.append(home.sync("surgical, 1 issue with about 20 notes", f"--issue={one}", "-p", paths[-1]))
    runs.append(home.sync(f"surgical, {len(many)} targets", *many, "-p", paths[-1]))
    other = Home(folder / "second", server, paths, options.workers)
    runs += during_full_sync("surgical, 1 issue, during a first full sync", other, paths[-1], one)
    stages = ", ".join(f"{stage['stage']} {stage['milliseconds']} ms" for stage in runs[0].data["stages"])
    print(f"  stages of the full sync: {stages}", file=sys.stderr)
    same = "the same" if other.counts() == home.counts() else "NOT the same"
    print(f"  the store of the full sync with a surgical one in it is {same}", file=sys.stderr)
    return runs


def row_of(run: Measured, options: argparse.Namespace) -> str:
    bound = run.requests * options.latency_ms / options.workers / 1000
    each = f"{run.requests / run.entities:.2f}" if run.entities else ""
    to_bound = f"{run.until_docs_ms / 1000 / bound:.2f} | {run.seconds / bound:.2f}"
    if run.requests < 10 * options.workers:  # too few to keep all workers busy
        to_bound = " | "
    return (
        f"| lore: {run.name} | {run.until_docs_ms / 1000:.2f} s | {run.seconds:.2f} s | {run.requests} | {each} "
        f"| {to_bound} | {run.cpu_seconds:.2f} s | {run.megabytes:.0f} MB |"
    )


def row_of_other(reading: Reading, options: argparse.Namespace, workers: int) -> str:
    bound = reading.requests * options.latency_ms / workers / 1000
    mark = f" (extrapolated from {reading.items} of {reading.of_items} items)" if reading.is_extrapolated else ""
    seconds, requests = reading.seconds * reading.share, reading.requests * reading.share
    return (
        f"| {reading.client}{mark} | {seconds:.0f} s | | {requests:.0f} "
        f"| {reading.requests / reading.items:.2f} | {reading.seconds / bound:.2f} | | | |"
    )


def report(runs: Sequence[Measured], readings: Sequence[Reading], options: argparse.Namespace) -> str:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    conditions = (
        f"{options.corpus.name}, {options.latency_ms:g} ms latency, {options.workers} workers; {machine}; "
        f"{datetime.now(UTC):%Y-%m-%d}. The bound is requests x latency / workers (serial clients: 1 worker)."
    )
    lines = [
        conditions,
        "",
        "| run | to its documents | in all | requests | per entity | x bound | in all | CPU | memory |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [row_of(run, options) for run in runs]
    lines += [row_of_other(one, options, options.workers if "threads" in one.client else 1) for one in readings]
    return "\n".join(lines)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--project", action="append", help="only this one; all if none is named")
    parser.add_argument("--latency-ms", type=float, default=50)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--sample", type=int, default=40, help="items that serial clients read")
    return parser


def main() -> None:
    options = arguments().parse_args()
    files = sorted((options.corpus / "projects").glob("*/project.json"))
    known = [json.loads(file.read_text("utf-8"))["path_with_namespace"] for file in files]
    paths = [path for path in known if not options.project or path in options.project]
    with tempfile.TemporaryDirectory() as folder, served(options.corpus, options.latency_ms) as server:
        runs = lore_runs(server, Path(folder), options, paths)
        one = partial(python_gitlab, server, paths, threads=1, sample=options.sample)
        pool = partial(python_gitlab, server, paths, threads=options.workers, sample=options.sample * options.workers)
        third = partial(perceval, server, paths, of_items=runs[0].entities, sample=max(options.sample // 4, 2))
        readings = measured([one, pool, third])
    print(report(runs, readings, options))


if __name__ == "__main__":
    main()
