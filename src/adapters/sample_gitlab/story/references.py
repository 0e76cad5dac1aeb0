"""References in texts: written by name in the story, found by GitLab's rules when a text is posted."""

import re
from collections.abc import Iterator, Mapping

from adapters.sample_gitlab.model import Issue, Item, Project
from adapters.sample_gitlab.rows import HERE
from adapters.sample_gitlab.world import World

_NAMED = re.compile(r"\[\[(url:)?([\w-]+)\]\]")
_PATH = r"(?:[\w-]+/)*[\w-]+"
_SHORT = re.compile(rf"(?<![\w/&])({_PATH})?([#!])(\d+)\b")
_URL = re.compile(rf"{re.escape(HERE)}/([\w/-]+?)/-/(issues|merge_requests)/(\d+)")
_CLOSING = re.compile(
    r"\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?):? +"
    rf"((?:{_PATH})?#\d+(?:(?:, and |, *| and )(?:{_PATH})?#\d+)*)",
    re.IGNORECASE,
)


def spelled_out(text: str, here: Project, items: Mapping[str, Item]) -> str:
    """Puts in for `[[name]]` the reference that a user would write here, for `[[url:name]]` the address."""

    def reference(found: re.Match[str]) -> str:
        item = items[found[2]]
        return str(item.row["web_url"]) if found[1] else World.reference(here, item)

    return _NAMED.sub(reference, text)


def mentioned(text: str, project: Project, world: World) -> Iterator[Item]:
    """The existing items that a text of this project names."""
    for path, mark, number in _SHORT.findall(text):
        yield from _existing(_home(path, project, world), mark == "#", int(number))
    for path, kind, number in _URL.findall(text):
        yield from _existing(_home(path, project, world), kind == "issues", int(number))


def closed_by(text: str, project: Project, world: World) -> Iterator[Issue]:
    """By GitLab's default closing pattern."""
    for found in _CLOSING.finditer(text):
        for item in mentioned(found[1], project, world):
            if isinstance(item, Issue):
                yield item


def _home(path: str, project: Project, world: World) -> Project | None:
    if not path:
        return project
    full = path if "/" in path else f"{project.path.rpartition('/')[0]}/{path}"
    return next((other for other in world.projects.values() if other.path == full), None)


def _existing(home: Project | None, of_issues: bool, iid: int) -> Iterator[Item]:
    if home is None:
        return
    items: Mapping[int, Item] = home.issues if of_issues else home.merge_requests
    if iid in items:
        yield items[iid]
