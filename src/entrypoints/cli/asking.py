"""What was typed of a question, as the use-cases take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.dates import DAY_MS, parse_date, parse_duration, parse_moment
from domain.errors import UsageError
from entrypoints.cli.invocation import Invocation

if TYPE_CHECKING:
    from entrypoints.container import Container


def moment(text: str | None, *, now: int, end_of_day: bool = False) -> int | None:
    """A time, or none; a bare date stands for its beginning, or for its last millisecond."""
    if text is None:
        return None
    at = parse_moment(text, now=now)
    return at + DAY_MS - 1 if end_of_day and _is_date(text) else at


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except UsageError:
        return False
    return True


def duration(text: str | None) -> int | None:
    return None if text is None else parse_duration(text)


def one_project(run: Invocation, box: Container, typed: str | None) -> str | None:
    """The project that is meant where exactly one is needed: typed, else the git checkout's, else the default.

    None where nothing says; then it is the only one of the store.
    """
    from application.operations.current_project import FindCurrentProject, InstanceAddress

    if typed is not None:
        return typed
    settings = run.settings()
    addresses = tuple(InstanceAddress(name=one.name, base_url=one.url) for one in settings.instances)
    found = box.current_project()(FindCurrentProject(instances=addresses)) if addresses else None
    return settings.default_project if found is None else found.path
