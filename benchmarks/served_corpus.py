"""A sample GitLab in a process of its own, which a benchmark asks for its counts and tells to change.

    python benchmarks/served_corpus.py CORPUS LATENCY_MS

prints its URL, then answers one line for each line it reads: `count` (requests since the last count) or `change N PATH`
(somebody comments on N issues of a project).
"""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from adapters.sample_gitlab.corpus import CORPUS_TOKEN, READER, load_corpus
from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.settings import Settings

SOURCE = Path(__file__).resolve().parents[1] / "src"
TOKEN = CORPUS_TOKEN


def serve(corpus: Path, latency_ms: float) -> None:
    world = load_corpus(corpus)
    gc.freeze()
    with SampleGitLab(world, Settings(latency_ms=latency_ms)) as gitlab:
        _say(gitlab.url)
        for line in sys.stdin:
            order, *words = line.split()
            if order == "count":
                count = gitlab.requests.count()
                gitlab.requests.clear()
                _say(str(count))
            else:
                _say(str(_change(gitlab, int(words[0]), words[1])))


def _change(gitlab: SampleGitLab, items: int, path: str) -> int:
    for item in islice(gitlab.world.project(path).issues.values(), items):
        gitlab.world.add_note(item, "Is this still so?", author=READER)
    gitlab.world.advance(600)  # so that it is settled
    return items


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class ServedCorpus:
    """The benchmark's side of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.url = self._hear()

    def requests(self) -> int:
        """Since this was last asked."""
        return int(self._ask("count"))

    def change(self, items: int, path: str) -> None:
        self._ask(f"change {items} {path}")

    def _ask(self, order: str) -> str:
        if self._process.stdin is None:
            raise RuntimeError("it was started with a pipe")
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> str:
        if self._process.stdout is None:
            raise RuntimeError("it was started with a pipe")
        return self._process.stdout.readline().strip()


@contextmanager
def served(corpus: Path, latency_ms: float) -> Iterator[ServedCorpus]:
    with subprocess.Popen(
        [sys.executable, __file__, str(corpus), str(latency_ms)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    ) as process:
        try:
            yield ServedCorpus(process)
        finally:
            process.terminate()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), float(sys.argv[2]))
