"""From the bytes of an answer to JSON that nothing later stumbles over, and back to the bytes that are stored."""

import json
import re
import zlib
from collections.abc import Sequence

_REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SUSPICIOUS = (b"\x00", b"\\u0000", b"\\ud", b"\\uD")
"""How what cannot be stored would be written; half of a surrogate pair is told from a whole one only afterwards."""
_FASTEST = 1


def is_suspicious(content: bytes) -> bool:
    return any(escape in content for escape in _SUSPICIOUS)


def decoded(content: bytes) -> object:
    """Raises ValueError for what is no JSON. NULs, lone surrogates and broken UTF-8 become U+FFFD."""
    text = content.decode("utf-8", errors="replace")
    try:
        value: object = json.loads(text, strict=False)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return cleaned(value) if is_suspicious(content) else value


def cleaned(value: object) -> object:
    """The value with U+FFFD wherever a text holds what UTF-8 or SQL cannot."""
    if isinstance(value, str):
        return _UNSTORABLE.sub(_REPLACEMENT, value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_UNSTORABLE.sub(_REPLACEMENT, key): cleaned(item) for key, item in value.items()}
    return value


def stored_as_sent(content: bytes) -> bytes:
    """The text of one JSON value as it goes into the store: as it is, unless something would stumble over it."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return stored(decoded(content))
    return stored(decoded(content)) if is_suspicious(content) else compressed(content)


def joined(pages: Sequence[bytes]) -> bytes:
    """The JSON arrays of several pages as one."""
    if len(pages) == 1:
        return pages[0]
    inner = (page.strip()[1:-1].strip() for page in pages)
    return b"[" + b",".join(part for part in inner if part) + b"]"


def stored(value: object) -> bytes:
    """The value as it goes into the store: JSON, compressed."""
    return compressed(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def compressed(content: bytes) -> bytes:
    return zlib.compress(content, _FASTEST)
