"""Measure how well `lore search` finds, against a fixed base line, on a corpus's ground truth.

    python benchmarks/search_quality.py CORPUS [CORPUS ...] [--stores DIR]

A corpus is a folder of NDJSON in GitLab's shapes with `truth/retrieval.ndjson`. It is synced from a sample GitLab into
`DIR/<corpus>.db` and embedded there; a store that is there already is used as it is. The base line is FTS5's BM25 with
porter stems, one row for each issue and merge request, its title counting four times.
"""

import argparse
import json
import math
import random
import re
import sqlite3
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from benchmarks.filled_store import NOWHERE, fill, settings_for

from adapters.memory.progress import MemoryProgress
from application.ports.document_search import SearchFilter
from application.search.search_documents import SearchDocuments, SearchMode, SearchQuestion
from domain.query import STOP_WORDS
from entrypoints.container import Surroundings, open_container

Query = dict[str, Any]
Ranking = Sequence[str]
TOP = 10
LOOKED_AT = 20
ROUNDS = 2_000
EVERYTHING = SearchFilter()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--stores", type=Path)
    parser.add_argument("--per-kind", type=int, default=0, help="at most so many queries of each kind, chosen evenly")
    options = parser.parse_args()
    scores: Scores = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory() as folder:
        stores = options.stores or Path(folder)
        for corpus in options.corpora:
            measure(corpus, stores / f"{corpus.name}.db", options.per_kind, scores)
    report(scores)


Scores = defaultdict[str, defaultdict[str, list[tuple[float, float, float]]]]
"""By kind of query and by system: nDCG@10, recall@10 and reciprocal rank of each query, in the same order."""


def measure(corpus: Path, database: Path, per_kind: int, scores: Scores) -> None:
    fill(corpus, database)
    settings = settings_for(database, NOWHERE, ())
    with open_container(settings, Surroundings(environ={}, progress=MemoryProgress())) as box:
        search = box.search_documents()
        systems: dict[str, Callable[[str], Ranking]] = {"bm25": BaseLine(database)}
        for mode in SearchMode:
            systems[mode] = Ours(search, mode)
        for query in queries(corpus, per_kind):
            for name, system in systems.items():
                scores[query["kind"]][name].append(judged(system(query["query"]), query))


def queries(corpus: Path, per_kind: int) -> Iterator[Query]:
    kinds: dict[str, list[Query]] = defaultdict(list)
    with (corpus / "truth" / "retrieval.ndjson").open() as lines:
        for line in lines:
            query = json.loads(line)
            kinds[query["kind"]].append(query)
    for found in kinds.values():
        step = max(1, len(found) // per_kind) if per_kind else 1
        yield from found[::step]


class Ours:
    def __init__(self, search: SearchDocuments, mode: SearchMode) -> None:
        self._search = search
        self._mode = mode

    def __call__(self, text: str) -> Ranking:
        question = SearchQuestion(text=text, filter=EVERYTHING, limit=LOOKED_AT, mode=self._mode)
        return [f"{one.project_path}{one.kind.sigil}{one.iid}" for one in self._search(question).results]


class BaseLine:
    """Plain FTS5: title, description and comments of an item in one row, an OR over all words but stop words."""

    def __init__(self, database: Path) -> None:
        self._index = sqlite3.connect(":memory:")
        self._index.execute(
            "CREATE VIRTUAL TABLE items USING fts5(key UNINDEXED, title, body, comments,"
            " tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        with sqlite3.connect(database) as store:
            for kind, sigil, column in (("issue", "#", "issues"), ("merge_request", "!", "merge_requests")):
                self._index.executemany("INSERT INTO items VALUES (?, ?, ?, ?)", _texts(store, kind, sigil, column))

    def __call__(self, text: str) -> Ranking:
        words = re.findall(r"\w+", text.lower())
        asked = " OR ".join(f'"{word}"' for word in dict.fromkeys(words) if word not in STOP_WORDS) or '""'
        found = self._index.execute(
            "SELECT key FROM items WHERE items MATCH ? ORDER BY bm25(items, 0, 4, 1, 1) LIMIT ?", (asked, LOOKED_AT)
        )
        return [key for (key,) in found]


def _texts(store: sqlite3.Connection, kind: str, sigil: str, table: str) -> Iterator[tuple[str, str, str, str]]:
    comments: dict[int, list[str]] = defaultdict(list)
    said = "SELECT item_id, parts_json FROM documents WHERE source_type = 'discussion' AND item_kind = ?"
    for item, parts in store.execute(said, (kind,)):
        comments[item] += [text for _, text in json.loads(parts)]
    items = (
        f"SELECT i.id, p.path, i.iid, i.title, coalesce(i.description, '') FROM {table} AS i"  # noqa: S608 - our own
        " JOIN projects AS p ON p.id = i.project_id WHERE i.deleted_at IS NULL"
    )
    for number, path, iid, title, description in store.execute(items):
        yield f"{path}{sigil}{iid}", title, description, "\n\n".join(comments[number])


def judged(ranking: Ranking, query: Query) -> tuple[float, float, float]:
    """nDCG@10, recall@10 and the reciprocal rank; the query's own item does not count."""
    relevant: Mapping[str, int] = query["rel"]
    shown = [key for key in ranking if key not in query["exclude"]][:TOP]
    gain = sum((2 ** relevant.get(key, 0) - 1) / math.log2(place + 2) for place, key in enumerate(shown))
    best = sorted(relevant.values(), reverse=True)[:TOP]
    ideal = sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(best))
    found = [place for place, key in enumerate(shown, start=1) if key in relevant]
    return gain / ideal, len(found) / min(TOP, len(relevant)), 1 / found[0] if found else 0.0


def report(scores: Scores) -> None:
    pooled = [kind for kind in ("mr_to_issue", "issue_to_mr") if kind in scores]
    systems = list(next(iter(scores.values())))
    both = {name: [score for kind in pooled for score in scores[kind][name]] for name in systems}
    print("| kind | queries | system | nDCG@10 | recall@10 | MRR | nDCG against bm25 (95 %) |")
    print("|---|---|---|---|---|---|---|")
    for kind, found in [*sorted(scores.items()), ("both directions", both)]:
        for name in systems:
            columns = (
                [math.fsum(column) / len(column) for column in zip(*found[name], strict=True)] if found[name] else []
            )
            if columns:
                change = "" if name == "bm25" else difference(found[name], found["bm25"])
                figures = " | ".join(f"{one:.3f}" for one in columns)
                print(f"| {kind} | {len(found[name])} | {name} | {figures} | {change} |")


def difference(ours: Sequence[tuple[float, ...]], theirs: Sequence[tuple[float, ...]]) -> str:
    """The mean difference over all queries, with the interval of a paired bootstrap."""
    each = [one[0] - other[0] for one, other in zip(ours, theirs, strict=True)]
    chance = random.Random(1)
    means = sorted(math.fsum(chance.choices(each, k=len(each))) / len(each) for _ in range(ROUNDS))
    base = math.fsum(other[0] for other in theirs) / len(theirs) or 1.0
    mean = math.fsum(each) / len(each)
    low, high = means[ROUNDS // 40], means[-ROUNDS // 40]
    return f"{mean:+.3f} [{low:+.3f}, {high:+.3f}], {mean / base:+.1%}"


if __name__ == "__main__":
    main()
