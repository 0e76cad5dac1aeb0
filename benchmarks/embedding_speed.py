"""Measure how fast passages become searchable by meaning, and how good the search is, by how much of each is read.

    python benchmarks/embedding_speed.py CORPUS [--stores DIR] [--tokens N ...] [--per-kind M]

The corpus is synced and embedded as for search_quality, which gives the last line of the table; then all vectors are
made anew for each number of tokens, as a first `lore sync` would, and the corpus's queries are asked again. Rates count
everything from the empty index on, the store's writing too. On a machine that does other work meanwhile, go by CPU.
"""

import argparse
import math
import os
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from benchmarks.filled_store import fill, settings_for
from benchmarks.search_quality import Ours, judged, queries

from adapters.embedders.minilm import LONGEST, MiniLm
from adapters.memory.progress import MemoryProgress
from application.embedding import readings
from application.embedding.embed_documents import EmbedDocuments
from application.search.search_documents import SearchMode
from entrypoints.container import Surroundings, open_container

TOKENS = (24, 32, 48)
THREADS = 2
KINDS = ("mr_to_issue", "issue_to_mr", "question", "citation")
VECTOR_TABLES = ("chunk_vectors", "title_vectors", "vector_segments", "embedding_spaces")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    passages: int
    in_part: int
    wall_s: float
    cpu_s: float
    load: float

    def __str__(self) -> str:
        minutes = 100_000 * self.cpu_s / self.passages / THREADS / 60
        return (
            f"{self.in_part / self.passages:.0%} | {self.passages / self.wall_s:,.0f} | "
            f"{self.passages / self.cpu_s:,.0f} | {minutes:.1f} | {self.load:.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--stores", type=Path)
    parser.add_argument("--tokens", type=int, nargs="+", default=TOKENS)
    parser.add_argument("--per-kind", type=int, default=0, help="at most so many queries of each kind, chosen evenly")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = (options.stores or Path(folder)) / f"{options.corpus.name}.db"
        fill(options.corpus, database)
        print("| read | in part | passages/s | passages/CPU-s | min for 100,000 on 2 cores, by CPU | load |", end=" ")
        print("both directions | " + " | ".join(KINDS) + " |")
        print("|" + "---|" * (7 + len(KINDS)))
        words = quality(options.corpus, database, options.per_kind, SearchMode.LEXICAL)
        print(f"| words alone | | | | | | {words} |", flush=True)
        copy = Path(folder) / "copy.db"
        for tokens in (*options.tokens, LONGEST):
            copied(database, copy)
            speed = embedded(copy, tokens)
            found = quality(options.corpus, copy, options.per_kind, SearchMode.HYBRID)
            print(f"| {'all' if tokens == LONGEST else f'{tokens} tokens'} | {speed} | {found} |", flush=True)


def copied(database: Path, copy: Path) -> None:
    """The store without any vector."""
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        for table in VECTOR_TABLES:
            target.execute(f"DELETE FROM {table}")  # noqa: S608 - our own
        target.commit()


def embedded(database: Path, tokens: int) -> Speed:
    """By the stage of a sync, in as many threads as there are cores."""
    readings.FEW = 0
    with open_container(settings_for(database, "http://127.0.0.1:1", ()), surroundings()) as box:
        stage = EmbedDocuments(
            embedder=MiniLm(threads=THREADS, beginning=tokens),
            vectors=box.vectors(),
            locks=box.locks(),
            cancellation=box.cancellation(),
            progress=box.progress(),
        )
        wall, cpu = time.perf_counter(), time.process_time()
        outcome = stage.embed(None, wait_ms=0, whole_at_most=0)
        return Speed(
            passages=outcome.chunks_embedded,
            in_part=outcome.in_part,
            wall_s=time.perf_counter() - wall,
            cpu_s=time.process_time() - cpu,
            load=os.getloadavg()[0],
        )


def quality(corpus: Path, database: Path, per_kind: int, mode: SearchMode) -> str:
    """nDCG@10 of both directions together, then of each kind."""
    scores: dict[str, list[float]] = defaultdict(list)
    with open_container(settings_for(database, "http://127.0.0.1:1", ()), surroundings()) as box:
        ours = Ours(box.search_documents(), mode)
        for query in queries(corpus, per_kind):
            if query["kind"] in KINDS:
                scores[query["kind"]].append(judged(ours(query["query"]), query)[0])
    both = scores["mr_to_issue"] + scores["issue_to_mr"]
    return " | ".join(mean(one) for one in (both, *(scores[kind] for kind in KINDS)))


def mean(values: Sequence[float]) -> str:
    return f"{math.fsum(values) / len(values):.3f}" if values else ""


def surroundings() -> Surroundings:
    return Surroundings(environ={}, progress=MemoryProgress())


if __name__ == "__main__":
    main()
