"""Readers of single configuration values: each takes what TOML gave and says what would be right."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.addresses import is_path_part, read_project_path, read_site
from domain.errors import UsageError

_LONGEST_PREFIX = 1_000


class Unfit(Exception):
    """The value is of the wrong kind or out of range; the text, where there is one, says more than `expected`."""


@dataclass(frozen=True, slots=True)
class Value:
    """What one key takes."""

    expected: str
    read: Callable[[Any], object]


def text(expected: str, pattern: str = r"\S(.*\S)?") -> Value:
    allowed = re.compile(pattern)

    def read(value: object) -> str:
        if not isinstance(value, str) or not value.isprintable() or not allowed.fullmatch(value):
            raise Unfit
        return value

    return Value(expected, read)


def prefix() -> Value:
    """Blanks at its end belong to it."""

    def read(value: object) -> str:
        if not isinstance(value, str) or len(value) > _LONGEST_PREFIX or not value.replace("\n", "").isprintable():
            raise Unfit
        return value

    return Value(f"a text of at most {_LONGEST_PREFIX} characters, empty for none", read)


def flag() -> Value:
    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise Unfit
        return value

    return Value("true or false", read)


def whole(least: int, most: int) -> Value:
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Unfit
        return value

    return Value(f"a whole number from {least} to {most}", read)


def number(least: float, most: float) -> Value:
    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Unfit
        if not math.isfinite(value) or not least <= value <= most:
            raise Unfit
        return float(value)

    return Value(f"a number from {least:g} to {most:g}", read)


def one_of(*choices: str) -> Value:
    def read(value: object) -> str:
        if value not in choices or not isinstance(value, str):
            raise Unfit
        return value

    return Value("one of " + ", ".join(choices), read)


def list_of(each: Value) -> Value:
    def read(value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise Unfit
        return tuple(dict.fromkeys(each.read(one) for one in value))

    return Value(f"a list, each entry {each.expected}", read)


def words() -> Value:
    """A command as a list of words, so that no shell reads it."""

    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
            raise Unfit
        return tuple(value)

    return Value('a list of words, such as ["pass", "show", "gitlab"]', read)


def site_url(expected: str = "the address of a GitLab, such as https://gitlab.example.com") -> Value:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise Unfit
        try:
            return str(read_site(value))
        except UsageError as error:
            raise Unfit(error.message) from error

    return Value(expected, read)


def project_path() -> Value:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise Unfit
        try:
            return read_project_path(value)
        except UsageError as error:
            raise Unfit(error.message) from error

    return Value("the full path of a project, such as group/project", read)


def group_path() -> Value:
    def read(value: object) -> str:
        if not isinstance(value, str) or not all(is_path_part(part) for part in value.strip("/").split("/")):
            raise Unfit
        return value.strip("/")

    return Value("the full path of a group, such as group or group/subgroup", read)


def variable_name() -> Value:
    return text("the name of an environment variable", r"[A-Za-z_][A-Za-z0-9_]*")
