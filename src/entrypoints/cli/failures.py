"""How a command ends when it does not end well: what is told, to whom, and the exit code."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from domain.errors import LoreError, UsageError
from domain.safe_text import multi_line, single_line
from entrypoints.cli.invocation import Invocation
from entrypoints.outcomes import error_body, exit_code
from entrypoints.redaction import redact, redact_all, secrets_in

if TYPE_CHECKING:
    from pathlib import Path

_TRACEBACK_FROM = 2
"""`-vv`."""


class UnexpectedError(LoreError):
    """A fault of the program. Its details say where the log is."""


def tell(run: Invocation, error: LoreError, *, robot: bool) -> int:
    """Tell an error in its two or three lines, or as one line of JSON; returns the exit code."""
    secrets = secrets_in(run.environ)
    shown = _traceback(run, error) if run.options.verbosity >= _TRACEBACK_FROM else ""
    if robot:
        text = _as_json(error, shown, secrets)
    else:
        text = redact("\n".join(_lines(error)), secrets)
        text = f"{shown}\n{text}" if shown else text
    with contextlib.suppress(BrokenPipeError):
        run.stderr.write(f"{text}\n")
        run.stderr.flush()
    return exit_code(error.code)


def _as_json(error: LoreError, shown_traceback: str, secrets: Sequence[str]) -> str:
    from entrypoints.json_text import to_json

    body = error_body(error)
    if shown_traceback:
        body = {**body, "traceback": shown_traceback.splitlines()}
    return to_json(redact_all(body, secrets), ascii_only=True)


def unexpected(run: Invocation, error: BaseException) -> UnexpectedError:
    """Write the log of an error that nobody foresaw, and make it one that can be told."""
    log = _write_log(run, error)
    where = f"The log is {log}" if log else "The log could not be written; -vv shows the same"
    told = UnexpectedError(
        f"Something went wrong inside lore: {type(error).__name__}: {single_line(redact(str(error)))[:200]}",
        suggestion=f"{where}. Please report it with that log.",
        details={"log": str(log) if log else None, "type": type(error).__name__},
    )
    told.__cause__ = error
    return told


def _lines(error: LoreError) -> list[str]:
    lines = [f"lore: {single_line(error.message)}"]
    if error.suggestion:
        lines.append(f"  {single_line(error.suggestion)}")
    if error.actions:
        lines.append(f"  Try: {'  or  '.join(single_line(action) for action in error.actions[:3])}")
    return lines


def _traceback(run: Invocation, error: BaseException) -> str:
    shown = error.__cause__ if isinstance(error, UnexpectedError) and error.__cause__ else error
    return multi_line(redact("".join(traceback.format_exception(shown)), secrets_in(run.environ))).rstrip()


def _write_log(run: Invocation, error: BaseException) -> Path | None:
    """One file a fault, for its owner alone; None where even that cannot be written."""
    import os
    from datetime import UTC, datetime

    from entrypoints import places

    folder = places.log_folder()
    log = folder / f"error-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.touch(mode=0o600)
        log.write_text(f"{_traceback(run, error)}\n", encoding="utf-8")
    except OSError:
        return None
    return log


def usage_error(error: Exception) -> UsageError:
    """What the parser complains of, with a worked example of the command that was meant."""
    ctx = getattr(error, "ctx", None)
    facts = getattr(getattr(ctx, "command", None), "facts", None)
    path = ctx.command_path if ctx is not None else "lore"
    examples = facts.examples[:1] if facts is not None else ()
    message = getattr(error, "format_message", error.__str__)()
    return UsageError(
        message if message.endswith((".", "?", ")")) else f"{message}.",
        suggestion=f"Example: {examples[0]}" if examples else "",
        actions=[f"{path} --help"],
        details={"command": path, "example": examples[0] if examples else None},
    )
