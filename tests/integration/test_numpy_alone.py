"""numpy starts no threads that only wait."""

import os
import subprocess
import sys
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
CODE = (
    "import os\n"
    "from adapters.numpy_alone import np\n"
    "np.ones((2_000, 400)) @ np.ones((400, 400))\n"
    "tasks = '/proc/self/task'\n"
    "threads = len(os.listdir(tasks)) if os.path.exists(tasks) else 1\n"
    "print(threads, os.environ.get('OPENBLAS_NUM_THREADS'))"
)


def ran(**environ: str) -> str:
    known = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    return subprocess.run(
        [sys.executable, "-c", CODE],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**known, **environ, "PYTHONPATH": str(SRC)},
    ).stdout.strip()


def test_it_works_in_one_thread_and_leaves_the_environment_as_it_was() -> None:
    assert ran() == "1 None"


def test_who_wants_threads_gets_them() -> None:
    assert ran(OPENBLAS_NUM_THREADS="2").endswith(" 2")
