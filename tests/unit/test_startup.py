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
    environ = {**os.environ, "PYTHONPATH": str(SRC), "HOME": str(folder), "LORE_CONFIG": str(folder / "config.toml")}
    (folder / "config.toml").write_text('[[instances]]\nname = "work"\nurl = "https://gitlab.example.com"')
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, env=environ, timeout=60
    )
    return set(ran.stdout.splitlines()[-1].split())


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
