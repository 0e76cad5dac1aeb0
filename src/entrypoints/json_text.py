"""JSON on one line that is safe to print: what a terminal would obey is written as an escape."""

import json
import re

_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")
_BYTES_PER_TOKEN = 3
"""JSON with its punctuation runs at three to four bytes a token; three keeps the promise of an upper bound."""


def to_json(value: object, *, ascii_only: bool = False) -> str:
    """One line. Reading it back gives exactly what was written."""
    text = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"), allow_nan=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def tokens_of(value: object) -> int:
    """About how many tokens a language model counts in the value's JSON; rather too many than too few."""
    return -(-len(to_json(value).encode()) // _BYTES_PER_TOKEN)
