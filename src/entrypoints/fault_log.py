"""Faults of the program: what is logged of them, and the error that tells of them."""

import os
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import LoreError
from domain.safe_text import multi_line, single_line
from entrypoints import places
from entrypoints.redaction import redact

_SHOWN_CHARS = 200


class UnexpectedError(LoreError):
    """A fault of the program. Its details say where the log is."""


def unexpected(error: BaseException, secrets: Sequence[str]) -> UnexpectedError:
    """Write the log of an error that nobody foresaw, and make it one that can be told."""
    log = _write_log(error, secrets)
    where = f"The log is {log}" if log else "The log could not be written; -vv shows the same"
    told = UnexpectedError(
        f"Something went wrong inside lore: {type(error).__name__}: "
        f"{single_line(redact(str(error), secrets))[:_SHOWN_CHARS]}",
        suggestion=f"{where}. Please report it with that log.",
        details={"log": str(log) if log else None, "type": type(error).__name__},
    )
    told.__cause__ = error
    return told


def traceback_of(error: BaseException, secrets: Sequence[str]) -> str:
    """Of a fault, where it came from; nothing secret, nothing that a terminal would obey."""
    shown = error.__cause__ if isinstance(error, UnexpectedError) and error.__cause__ else error
    return multi_line(redact("".join(traceback.format_exception(shown)), secrets)).rstrip()


def _write_log(error: BaseException, secrets: Sequence[str]) -> Path | None:
    """One file a fault, for its owner alone; None where even that cannot be written."""
    folder = places.log_folder()
    log = folder / f"error-{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}.log"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.touch(mode=0o600)
        log.write_text(f"{traceback_of(error, secrets)}\n", encoding="utf-8")
    except OSError:
        return None
    return log
