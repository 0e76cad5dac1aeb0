"""What an answer costs: in this process, and as a whole program."""

import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lore.__main__ import YOUNG

SOURCE = Path(__file__).resolve().parents[1] / "src"

Cost = tuple[float, float]
"""CPU and wall milliseconds."""


def costs(act: Callable[[Any], object], asked: Iterable[Any]) -> Iterator[Cost]:
    gc.set_threshold(YOUNG)  # as `lore` and so `lore serve` do
    for one in asked:
        cpu, wall = time.process_time(), time.perf_counter()
        act(one)
        yield 1e3 * (time.process_time() - cpu), 1e3 * (time.perf_counter() - wall)


def at(found: Sequence[Cost], which: int, share: float) -> float:
    """`which` is 0 for CPU time and 1 for wall time."""
    return sorted(cost[which] for cost in found)[int(share * (len(found) - 1) + 0.5)]


def columns(found: Sequence[Cost]) -> str:
    """CPU p50 and p95, wall p50 and p95, as cells of a table."""
    return " | ".join(f"{at(found, which, share):.1f}" for which in (0, 1) for share in (0.5, 0.95))


def whole_process(database: Path, *words: str) -> Cost:
    """`lore` with these words, in a process of its own that reads no configuration of the user's."""
    variables = {
        "LORE_DATABASE_URL": f"sqlite:///{database}",
        "XDG_CONFIG_HOME": str(database.parent),
        "PYTHONPATH": str(SOURCE),
    }
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "lore", *words], check=True, capture_output=True, env=os.environ | variables)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1e3 * cpu, 1e3 * (time.perf_counter() - wall)
