"""How a command ends when it does not end well: what is told, to whom, and the exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from domain.errors import LoreError, UsageError
from domain.safe_text import single_line
from entrypoints.cli.invocation import Invocation
from entrypoints.outcomes import error_body, exit_code
from entrypoints.redaction import redact, redact_all, secrets_in

_TRACEBACK_FROM = 2
"""`-vv`."""


def tell(run: Invocation, error: LoreError, *, robot: bool) -> int:
    """Tell an error in its two or three lines, or as one line of JSON; returns the exit code."""
    secrets = secrets_in(run.environ)
    shown = _traceback(error, secrets) if run.options.verbosity >= _TRACEBACK_FROM else ""
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


def _traceback(error: LoreError, secrets: Sequence[str]) -> str:
    from entrypoints.fault_log import traceback_of

    return traceback_of(error, secrets)


def _lines(error: LoreError) -> list[str]:
    lines = [f"lore: {single_line(error.message)}"]
    if error.suggestion:
        lines.append(f"  {single_line(error.suggestion)}")
    if error.actions:
        lines.append(f"  Try: {'  or  '.join(single_line(action) for action in error.actions[:3])}")
    return lines


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
