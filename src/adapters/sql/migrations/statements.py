"""The frozen DDL of revisions, by topic; later revisions never change it."""

import re
from collections.abc import Iterator
from pathlib import Path

_TOPICS = ("projects", "items", "threads", "work", "documents")
_TABLE = re.compile(r"CREATE (?:VIRTUAL )?TABLE (\w+)")


def base_statements() -> Iterator[str]:
    """In an order in which each finds what it refers to."""
    for topic in _TOPICS:
        yield from statements_of(topic)


def statements_of(topic: str) -> Iterator[str]:
    text = (Path(__file__).parent / "ddl" / f"{topic}.sql").read_text(encoding="utf-8")
    yield from text.removesuffix(";\n").split(";\n\n")


def base_tables() -> tuple[str, ...]:
    matches = (_TABLE.match(statement) for statement in base_statements())
    return tuple(match[1] for match in matches if match)
