"""The cursors of our own lists: opaque to users, and good only for the question that they came with."""

import base64
import binascii
import hashlib
import json

from domain.errors import UsageError


def cursor_for(question: object, value: int | str, key: int) -> str:
    """A cursor that continues the list of `question` after the row with this value and key."""
    content = json.dumps([_mark(question), value, key], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read_cursor(question: object, cursor: str) -> tuple[int | str, int]:
    """Raises `UsageError` for a cursor that is broken or belongs to another question."""
    try:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        mark, value, key = content
    except (binascii.Error, ValueError, TypeError) as error:
        raise UsageError(
            "--cursor is not one that `lore` gave.", suggestion="Take meta.next_cursor of the page before."
        ) from error
    if mark != _mark(question) or not isinstance(key, int) or not isinstance(value, int | str):
        raise UsageError(
            "--cursor belongs to another question.",
            suggestion="Repeat the command as it was for the page before, with its meta.next_cursor.",
        )
    return value, key


def _mark(question: object) -> str:
    return hashlib.sha256(repr(question).encode()).hexdigest()[:12]
