"""Measure what a search costs at 10,000, 100,000 and 1,000,000 documents, and print a Markdown table.

    python benchmarks/search_speed.py CORPUS [--sizes 10000 100000 1000000] [--stores DIR] [--queries 60]

The corpus is synced and embedded once, as `search_quality` does, and repeated with perturbed text and vectors
(`enlarged_store`); stores that are there already are used as they are. Each store is searched in a process of its own,
whose peak memory is told; titles, identifiers and questions of the corpus's ground truth are the queries. CPU time is
what counts where other work shares the machine.
"""

import argparse
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from benchmarks.costs import columns, costs, whole_process
from benchmarks.enlarged_store import enlarge
from benchmarks.filled_store import NOWHERE, fill, settings_for
from benchmarks.search_quality import queries

from adapters.memory.progress import MemoryProgress
from application.documents.generate_scoped_docs import GenerateDocs
from application.ports.document_search import SearchFilter
from application.ports.locks import SYNC
from application.search.search_documents import SearchMode, SearchQuestion
from domain.refs import SourceKey, SourceType
from entrypoints.container import Container, Surroundings, open_container

SIZES = (10_000, 100_000, 1_000_000)
KINDS = ("mr_to_issue", "issue_to_mr", "identifier", "question")
CHANGED_NOTES = 20
WHOLE_PROCESSES = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--stores", type=Path)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measured(options.measure, asked(options.corpus, options.queries))))
        return
    with tempfile.TemporaryDirectory() as folder:
        stores = options.stores or Path(folder)
        made = [made_store(options.corpus, stores, size) for size in options.sizes]
        print("| documents | what | CPU ms p50 | CPU ms p95 | wall ms p50 | wall ms p95 |")
        print("|---|---|---|---|---|---|")
        for size, database in zip(options.sizes, made, strict=True):
            report(size, database, options)


def made_store(corpus: Path, stores: Path, size: int) -> Path:
    base = stores / f"{corpus.name}.db"
    database = stores / f"{corpus.name}-{size}" / "lore.db"
    if not database.exists():
        fill(corpus, base)
        database.parent.mkdir(parents=True, exist_ok=True)
        enlarge(base, settings_for(database, NOWHERE, ()), size)
    return database


def report(size: int, database: Path, options: argparse.Namespace) -> None:
    command = [sys.executable, __file__, str(options.corpus), "--queries", str(options.queries), "--measure"]
    done = subprocess.run([*command, str(database)], check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    texts = asked(options.corpus, WHOLE_PROCESSES)
    for mode in (SearchMode.LEXICAL, SearchMode.HYBRID):
        figures[f"whole process, {mode}"] = [
            whole_process(database, "search", "--mode", mode, "--json", "--", text) for text in texts
        ]
    memory = figures.pop("peak memory")
    for name, found in figures.items():
        print(f"| {size:,} | {name} | {columns(found)} |", flush=True)
    print(f"| {size:,} | peak memory of the searching process | {memory:.0f} MB | | | |", flush=True)


def asked(corpus: Path, number: int) -> list[str]:
    found = [one["query"] for one in queries(corpus, -(-number // len(KINDS))) if one["kind"] in KINDS]
    return random.Random(1).sample(found, min(number, len(found)))


def measured(database: Path, texts: Sequence[str]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with open_container(
        settings_for(database, NOWHERE, ()), Surroundings(environ={}, progress=MemoryProgress())
    ) as box:
        search = box.search_documents()
        for mode in SearchMode:
            everything = SearchQuestion(text="", filter=SearchFilter(), mode=mode)
            for name, question in {"": everything, **dict(filtered(database, everything))}.items():
                figures[f"{mode}{name}"] = list(
                    costs(search, [replace(question, text=text) for text in (*texts[:3], *texts)])
                )[3:]
        figures["peak memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figures["one changed note"] = list(costs(changed(box, database), range(CHANGED_NOTES + 1)))[1:]
    return figures


def filtered(database: Path, question: SearchQuestion) -> Iterator[tuple[str, SearchQuestion]]:
    """Filters from narrow to wide."""
    with closing(sqlite3.connect(database)) as store:
        author, label, state = (
            store.execute(f"SELECT {what} FROM documents{of} GROUP BY 1 ORDER BY count(*) DESC LIMIT 1").fetchone()[0]  # noqa: S608
            for what, of in (("author", ""), ("value", ", json_each(labels_json)"), ("state", ""))
        )
        (project,) = store.execute("SELECT path FROM projects ORDER BY id LIMIT 1").fetchone()
    yield ", state=opened", replace(question, filter=SearchFilter(state="opened"))
    yield ", most frequent author", replace(question, filter=SearchFilter(author=author))
    yield ", most frequent label", replace(question, filter=SearchFilter(labels=(label,)))
    yield ", one project of eight", replace(question, projects=(project,))
    yield ", most frequent state", replace(question, filter=SearchFilter(state=state))


def changed(box: Container, database: Path) -> Callable[[int], object]:
    """What a sync does after it has written a note: its document, indexes, and the vectors of what is new in it."""
    with closing(sqlite3.connect(database)) as store:
        rows = store.execute(
            "SELECT n.id, n.discussion_id FROM notes AS n JOIN documents AS d ON d.source_type = 'discussion'"
            " AND d.source_id = n.discussion_id WHERE NOT n.system ORDER BY n.id % 997, n.id LIMIT ?",
            (CHANGED_NOTES + 1,),
        ).fetchall()

    def change(place: int) -> None:
        note, discussion = rows[place]
        key = SourceKey(SourceType.DISCUSSION, discussion)
        with box.locks().hold(SYNC, wait_ms=0) as lease:
            with box.engine().begin() as connection:
                said = f" Said once more, for the {time.time_ns()}th time."
                connection.exec_driver_sql("UPDATE notes SET body = body || ? WHERE id = ?", (said, note))
            with box.store().writing(lease) as transaction:
                transaction.dirty.mark([key], queued_at=1)
            done = box.generate_docs()(GenerateDocs(lease=lease, keys=[key]))
        outcome = box.embedding().embed([key], wait_ms=0)
        if not done.regenerated or not outcome.chunks_embedded:
            raise SystemExit(f"A changed note changed nothing: {done}, {outcome}")

    return change


if __name__ == "__main__":
    main()
