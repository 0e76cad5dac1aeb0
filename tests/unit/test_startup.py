"""Start-up is a feature: what a command may not import, checked by name, so that no clock can make it flaky."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
SLOW = {
    "adapters",
    "alembic",
    "application",
    "asyncio",
    "dependency_injector",
    "fastapi",
    "httpx",
    "httpx2",
    "mcp",
    "numpy",
    "onnxruntime",
    "platformdirs",
    "pydantic",
    "rich",
    "sqlalchemy",
    "starlette",
    "uvicorn",
}
NOT_FOR_LOCAL = {"alembic", "fastapi", "httpx", "mcp", "numpy", "onnxruntime", "pydantic", "starlette", "uvicorn"}


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    """Top-level names of the modules that a run of the command had loaded at its end."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('\\n' + ' '.join({name.partition('.')[0] for name in sys.modules})))\n"
        "from entrypoints.cli.app import main; main()"
    )
    return set(ran(folder, code, *arguments).splitlines()[-1].split())


def ran(folder: Path, code: str, *arguments: str) -> str:
    environ = {**os.environ, "PYTHONPATH": str(SRC), "HOME": str(folder), "LORE_CONFIG": str(folder / "config.toml")}
    (folder / "config.toml").write_text('[[instances]]\nname = "work"\nurl = "https://gitlab.example.com"')
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, env=environ, timeout=60
    ).stdout


@pytest.mark.requirement("cli:quick-start")
@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("sync", "--help"), ("completions", "bash")])
def test_what_needs_no_store_loads_nothing_slow(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert not loaded_by(tmp_path, *arguments) & SLOW


@pytest.mark.requirement("cli:quick-start")
@pytest.mark.parametrize("arguments", [("token", "show"), ("config", "show"), ("sync-runs",)])
def test_a_local_command_loads_nothing_remote(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    loaded_by(tmp_path, *arguments)  # the first command may make the store, which takes alembic
    assert not loaded_by(tmp_path, *arguments) & NOT_FOR_LOCAL


def test_a_robot_needs_no_rich(tmp_path: Path) -> None:
    assert "rich" not in loaded_by(tmp_path, "config", "show", "--robot")


@pytest.mark.requirement("cli:quick-start")
def test_no_garbage_is_looked_for_while_a_command_loads_or_ends(tmp_path: Path) -> None:
    """All that it loads stays to its end, and to search it costs more than most commands do."""
    code = (
        "import atexit, gc\n"
        "from lore.__main__ import main\n"
        "searches = []\n"
        "gc.callbacks.append(lambda phase, _: searches.append(phase))\n"
        "atexit.register(lambda: print(f'\\n{len(searches)} {gc.get_freeze_count() > 10_000}'))\n"
        "main()"
    )
    loaded_by(tmp_path, "sync-runs")
    assert ran(tmp_path, code, "sync-runs").splitlines()[-1] == "0 True"
