"""The command as processes of their own, and a sample GitLab for them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LAUNCHER = ROOT / "src" / "lore" / "__main__.py"
TIMEOUT_S = 60
KEPT = ("PATH", "LANG", "LC_ALL", "COVERAGE_PROCESS_START", "SYSTEMROOT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    code: int
    stdout: str
    stderr: str

    @property
    def data(self) -> Any:
        assert self.code == 0, self.stderr
        return json.loads(self.stdout)["data"]

    @property
    def error(self) -> Any:
        assert self.stdout == ""
        return json.loads(self.stderr)["error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A user's home folder, in which commands run with an environment of their own."""

    home: Path
    token: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.home / ".config" / "lore" / "config.toml"

    @property
    def store(self) -> Path:
        return self.home / ".local" / "share" / "lore" / "lore.db"

    def configure(self, url: str, *projects: str) -> None:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        listed = ", ".join(f'"{project}"' for project in projects)
        self.config.write_text(f'[[instances]]\nname = "sample"\nurl = "{url}"\nprojects = [{listed}]\n')

    def environment(self, **changes: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {**kept, "HOME": str(self.home), "GITLAB_TOKEN": self.token, **self.variables, **changes}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(LAUNCHER), *arguments]

    def lore(self, *arguments: str, stdin: str = "", folder: Path | None = None, **changes: str) -> Ended:
        ran = subprocess.run(
            self.command(*arguments),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
            cwd=folder or self.home,
            env=self.environment(**changes),
        )
        return Ended(code=ran.returncode, stdout=ran.stdout, stderr=ran.stderr)

    @contextmanager
    def running(self, *arguments: str, **changes: str) -> Iterator["subprocess.Popen[str]"]:
        """The command while it runs; it does not outlive the block."""
        with subprocess.Popen(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.home,
            env=self.environment(**changes),
        ) as process:
            try:
                yield process
            finally:
                process.kill()


def everything_below(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
