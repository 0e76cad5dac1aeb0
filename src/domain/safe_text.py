"""Makes text that others wrote harmless for a terminal, and leaves what people can read as it is.

Controls, escape sequences, bidi overrides, other line separators and lone surrogates become visible escapes such as
`\\x1b`; invisible characters go, except joiners where a script or an emoji needs them.
"""

import re
from functools import cache

_OBEYED = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff"
"""What a terminal acts on, or cannot even be sent."""
_INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u2060-\u2065\u206a-\u206f\ufeff\U0001d173-\U0001d17a\U000e0000-\U000e007f"
_SCRIPTS_THAT_JOIN = (
    "\u0590-\u061b\u061d-\u180d\u180f-\u1cff\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"
)
_EMOJI = "\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff"
_JOINABLE = f"[{_SCRIPTS_THAT_JOIN}{_EMOJI}]"
_NEEDED_JOINER = f"(?<={_JOINABLE})[\u200c\u200d](?={_JOINABLE})"
_REGION_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f"
"""The flags of England, Scotland and others are spelled in characters that are invisible anywhere else."""
_KEPT = f"(?P<kept>{_NEEDED_JOINER}|{_REGION_FLAG})"

_IN_LINES = f"{_KEPT}|(?P<gone>[{_INVISIBLE}])|(?P<line_end>\r\n)|[{_OBEYED}]"
_IN_ONE_LINE = f"{_KEPT}|(?P<gone>[{_INVISIBLE}])|(?P<blank>\r\n|[\r\n\t])|[{_OBEYED}]"
_REPLACED_BY = {"gone": "", "line_end": "\n", "blank": " "}


def multi_line(text: str) -> str:
    """The text with its line feeds and tabs, all else that a terminal would obey made visible."""
    return _compiled(_IN_LINES).sub(_harmless, text)


def single_line(text: str) -> str:
    """The text on one line: line ends and tabs become blanks."""
    return _compiled(_IN_ONE_LINE).sub(_harmless, text)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """When it is first needed: that takes 4 ms, and programs are shown nothing."""
    return re.compile(pattern)


def _harmless(match: re.Match[str]) -> str:
    group = match.lastgroup
    if group is None:
        return _escape(ord(match[0]))
    return _REPLACED_BY.get(group, match[0])


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - where two hex digits end
