"""Keeps tokens out of everything that is shown or logged, wherever a text may have come from."""

import re
from collections.abc import Iterable, Mapping

HIDDEN = "***"
_SHORTEST_SECRET = 8
"""Shorter values of secret-looking variables are words such as `true`, and would tear holes into every text."""
_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSW|API_?KEY", re.IGNORECASE)
_GITLAB_TOKEN = re.compile(
    r"\b(?:gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-|GR1348941)[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_.-]+)?"
)
_HEADER = re.compile(r"(?i)\b((?:private|job|deploy)-token|authorization)(\W{1,4})(?:(?:bearer|basic)\s+)?[^\s'\",]+")
_PARAMETER = re.compile(r"(?i)\b((?:private|access|job)_token|token|password|secret)=[^&\s'\"]+")
_USER_INFO = re.compile(r"(//)[^/@\s]+@")


def secrets_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables whose names say that they are secret, longest first."""
    found = {value for name, value in environ.items() if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_SECRET}
    return tuple(sorted(found, key=len, reverse=True))


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the given secrets and without whatever looks like one."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    text = _GITLAB_TOKEN.sub(HIDDEN, text)
    text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    text = _PARAMETER.sub(rf"\1={HIDDEN}", text)
    return _USER_INFO.sub(rf"\1{HIDDEN}@", text)


def redact_all(value: object, secrets: Iterable[str] = ()) -> object:
    """The same for every text in a value of JSON's kinds; other values become texts."""
    if isinstance(value, str):
        return redact(value, secrets)
    if isinstance(value, Mapping):
        return {str(name): redact_all(each, secrets) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_all(each, secrets) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else redact(str(value), secrets)
