"""Runs git: no shell, no pager, no prompts, no network, plain English messages."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from domain.errors import FileError

_FORCED = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",  # reading must not rewrite the index
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone would go to the network for missing objects
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
    "LANGUAGE": "",
}
_OPTIONS = (
    "-c",
    "core.quotePath=false",
    "-c",
    "core.fsmonitor=false",  # it may name a program to run
    "-c",
    "log.showSignature=false",
    "-c",
    "protocol.allow=never",  # what GIT_NO_LAZY_FETCH does, for git before 2.45
)


class GitFailed(Exception):
    """git answered with an error; `text` is what it said."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Git:
    """One git program. Raises `GitFailed` for what git refuses, `FileError` when it cannot be run."""

    def __init__(self, *, program: str, environment: Mapping[str, str], timeout_seconds: float) -> None:
        self._program = program
        self._environment = _environment(environment)
        self._timeout = timeout_seconds

    def __call__(self, folder: str, *arguments: str) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603  # no shell; user input comes after `--` or is checked before
                self._command(folder, arguments),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._timeout,
                check=False,
            )
        except (FileNotFoundError, PermissionError) as error:
            raise FileError(
                f"{self._program} cannot be run.", suggestion="Install git, or see that it is on the PATH."
            ) from error
        except subprocess.TimeoutExpired as error:
            raise FileError(
                f"git {arguments[0]} took longer than {self._timeout:g} s.",
                suggestion="Ask for fewer lines, or run `git commit-graph write` and try again.",
            ) from error
        if done.returncode != 0:
            raise GitFailed(done.stderr.decode(errors="replace").strip())
        return done.stdout

    def without_user_configuration(self) -> "Git":
        """The same git, deaf to the user's and the system's settings; the repository is trusted as it was before."""
        trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
        deaf = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        return Git(program=self._program, environment=self._environment | trusted | deaf, timeout_seconds=self._timeout)

    def _command(self, folder: str, arguments: Sequence[str]) -> list[str]:
        return [self._program, "-C", folder, *_OPTIONS, *arguments]


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """Inside a git hook GIT_DIR and its kin point to one repository, whatever folder is asked about."""
    kept = {
        name: value
        for name, value in given.items()
        if not name.startswith("GIT_") or name.startswith(("GIT_CONFIG", "GIT_CEILING", "GIT_EXEC_PATH"))
    }
    return kept | _FORCED


def from_process_environment(*, program: str = "git", timeout_seconds: float = 60) -> Git:
    return Git(program=program, environment=os.environ, timeout_seconds=timeout_seconds)
