"""Cross references in untrusted text: short forms, addresses, closing words, and what system notes say (FACTS.md f).

Everything here takes time linear in the text: a note may hold a megabyte of anything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from domain.addresses import Site, read_address, read_item, read_site, sites_of
from domain.errors import UsageError
from domain.refs import SIGILS, EntityKind


class Relation(StrEnum):
    """What the text that holds a reference says of its target."""

    MENTIONS = "mentions"
    CLOSES = "closes"
    MENTIONED_IN = "mentioned_in"
    DUPLICATE_OF = "duplicate_of"
    HAS_DUPLICATE = "has_duplicate"
    MOVED_TO = "moved_to"
    MOVED_FROM = "moved_from"
    RELATED = "related"
    CLOSED_BY = "closed_by"
    ADDRESSED_BY = "addressed_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReference:
    kind: EntityKind
    project_path: str
    """The target's project, written out even where the text left it away."""
    iid: int
    relation: Relation
    position: int
    """Where in the text it stands, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a text stands: short references are relative to its project, addresses count on its instance only."""

    project_path: str
    base_url: str

    @property
    def namespace(self) -> str:
        return self.project_path.rpartition("/")[0]


_FENCE = re.compile(r"^[ \t]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?(?P<mark>`{3,}+(?=[^`\n]*$)|~{3,}+)", re.MULTILINE)
_FENCE_END = re.compile(r"^[ \t]*+(?P<mark>`{3,}+|~{3,}+)[ \t]*+$", re.MULTILINE)
_BACKTICKS = re.compile(r"`+")
_URL_CHAR = r"[^\s<>\"'`()\[\]{}|\u3001\u3002\uff0c\uff09\u300d]"
_URL = re.compile(rf"https?://(?:{_URL_CHAR}|\({_URL_CHAR}*+\))++", re.IGNORECASE)
_AFTER_URL = ".,;:!?*_~-"
_SHORT = re.compile(
    r"(?:(?<![\w/.&#!@\\\-])|(?<=\d[/\-])(?=[#!]))"
    r"(?P<path>[\w./\-]{1,255}+)?(?P<sigil>[#!])(?P<iid>[1-9][0-9]{0,8})(?:\+s?)?(?![\w@]|[#!]\d)"
)
_WORK_ITEM = re.compile(r"(?<![\w/.\-])GL-(?P<iid>[1-9][0-9]{0,8})(?![\w\-])")
_PATH = re.compile(r"\w[\w.\-]*+(?:/\w[\w.\-]*+)*+")
_HOST = re.compile(r"(?:www\..*|[\w.\-]+\.(?:com|net|org|io|dev))/.*", re.IGNORECASE)
_COLOUR = re.compile(r"(?:colou?r|background|fill|stroke)\W{0,4}$", re.IGNORECASE)
_COLOUR_DIGITS = frozenset({3, 6, 8})
_CLOSING = re.compile(
    r"\b(?:[Cc]los(?:e[sd]?|ing)|[Ff]ix(?:e[sd]|ing)?|[Rr]esolv(?:e[sd]?|ing)|[Ii]mplement(?:s|ed|ing)?)\b"
)
_AFTER_WORD = re.compile(r":? {1,20}(?:[Ii]ssues? {1,20})?")
_BETWEEN = re.compile(r"(?: {0,20},? {1,20}and {1,20}| {0,20},? {0,20})(?:[Ii]ssues? {1,20})?")
_MENTION = re.compile(r"(?<![\w/.\-@`])@(?P<name>\w(?:[\w.\-]{0,253}[\w\-])?)(?![\w@/])")

_SYSTEM_NOTES: tuple[tuple[re.Pattern[str], Relation], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), relation)
    for pattern, relation in (
        (r"mentioned in (?:issue|merge request|task|incident|work item|epic) ", Relation.MENTIONED_IN),
        (r"moved to ", Relation.MOVED_TO),
        (r"moved from ", Relation.MOVED_FROM),
        (r"marked this (?:issue|task|incident|item|work item) as a duplicate of ", Relation.DUPLICATE_OF),
        (r"marked (?=\S+ as a duplicate of this )", Relation.HAS_DUPLICATE),
        (r"marked (?:this (?:issue|task|incident|item|work item) )?as related to ", Relation.RELATED),
        (r"closed via merge request ", Relation.CLOSED_BY),
        (r"created merge request ", Relation.ADDRESSED_BY),
    )
)


class _Spotted(NamedTuple):
    kind: EntityKind
    project_path: str
    iid: int
    start: int
    end: int


def references_in(text: str, place: Place) -> tuple[FoundReference, ...]:
    """The references of a description or a user's note, in reading order; none from code or foreign addresses."""
    prose = without_code(text)
    spotted = _spot(prose, place)
    closing = _closing_starts(text, prose, spotted)
    return tuple(
        FoundReference(
            kind=one.kind,
            project_path=one.project_path,
            iid=one.iid,
            relation=Relation.CLOSES if one.start in closing else Relation.MENTIONS,
            position=one.start,
        )
        for one in spotted
    )


def references_in_system_note(body: str, place: Place) -> tuple[FoundReference, ...]:
    """The references of one of GitLab's own notes; what a note takes back (`removed the relation`) is none."""
    for pattern, relation in _SYSTEM_NOTES:
        if (said := pattern.match(body)) is not None:
            return tuple(
                FoundReference(
                    kind=one.kind, project_path=one.project_path, iid=one.iid, relation=relation, position=one.start
                )
                for one in _spot(body, place)
                if one.start >= said.end()
            )
    return ()


def mentions(text: str) -> tuple[str, ...]:
    """The usernames that a text mentions, each once: `@alice,` yes, `@alice-bot` is another, `alice@corp.com` none."""
    found = (match["name"].rstrip(".") for match in _MENTION.finditer(without_code(text)))
    return tuple(dict.fromkeys(found))


def without_code(text: str) -> str:
    """The text with fenced blocks, code spans and HTML comments blanked out, every other character where it was."""
    return _without_comments(_without_spans(_without_fences(text)))


def _without_fences(text: str) -> str:
    pieces, at = [], 0
    while (fence := _FENCE.search(text, at)) is not None:
        end = _fence_end(text, fence)
        pieces += [text[at : fence.start()], _blank(text[fence.start() : end])]
        at = end
    return "".join((*pieces, text[at:]))


def _fence_end(text: str, fence: re.Match[str]) -> int:
    """A fence ends with a line of at least as many of its characters, else with the text."""
    mark = fence["mark"]
    ends = _FENCE_END.finditer(text, fence.end())
    return next((end.end() for end in ends if end["mark"].startswith(mark)), len(text))


def _without_comments(text: str) -> str:
    pieces, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        pieces += [text[at:start], _blank(text[start : end + 3])]
        at = end + 3
    return "".join((*pieces, text[at:]))


def _without_spans(text: str) -> str:
    runs = [(run.start(), run.end()) for run in _BACKTICKS.finditer(text)]
    by_length: dict[int, list[int]] = {}
    for index, (start, end) in enumerate(runs):
        by_length.setdefault(end - start, []).append(index)
    partner_after = {index: following for indices in by_length.values() for index, following in pairwise(indices)}
    pieces, at, index = [], 0, 0
    while index < len(runs):
        closing = partner_after.get(index)
        if closing is None or "\n\n" in text[runs[index][1] : runs[closing][0]]:  # a span ends with its paragraph
            index += 1
            continue
        pieces += [text[at : runs[index][0]], _blank(text[runs[index][0] : runs[closing][1]])]
        at, index = runs[closing][1], closing + 1
    return "".join((*pieces, text[at:]))


def _blank(code: str) -> str:
    return "\n".join(" " * len(line) for line in code.split("\n"))


def _spot(prose: str, place: Place) -> list[_Spotted]:
    """Addresses first: what stands inside one is no short reference."""
    pieces, spotted, at = [], [], 0
    site = _site(place.base_url)
    for url in _URL.finditer(prose):
        pieces += [prose[at : url.start()], " " * (url.end() - url.start())]
        at = url.end()
        if (one := _read_url(url, site)) is not None:
            spotted.append(one)
    spotted += _short_forms("".join((*pieces, prose[at:])), place)
    return sorted(spotted, key=lambda one: one.start)


def _site(base_url: str) -> Site | None:
    try:
        return read_site(base_url)
    except UsageError:
        return None


def _read_url(url: re.Match[str], site: Site | None) -> _Spotted | None:
    if site is None:
        return None
    try:
        address = read_address(url[0].rstrip(_AFTER_URL))
        if not sites_of(address, (site,)):
            return None
        item = read_item(address, site)
    except UsageError:
        return None
    return _Spotted(kind=item.kind, project_path=item.project_path, iid=item.iid, start=url.start(), end=url.end())


def _short_forms(prose: str, place: Place) -> Iterator[_Spotted]:
    for match in _SHORT.finditer(prose):
        path = _full_path(match["path"], place)
        if path is not None and not _is_colour(match, prose):
            yield _spotted(match, SIGILS[match["sigil"]], path)
    for match in _WORK_ITEM.finditer(prose):
        yield _spotted(match, EntityKind.ISSUE, place.project_path)


def _spotted(match: re.Match[str], kind: EntityKind, path: str) -> _Spotted:
    return _Spotted(kind=kind, project_path=path, iid=int(match["iid"]), start=match.start(), end=match.end())


def _is_colour(match: re.Match[str], prose: str) -> bool:
    """`#333333` after a word such as `color:`; elsewhere so many digits may well be an issue's."""
    before = prose[max(match.start() - 16, 0) : match.start()]
    return len(match["iid"]) in _COLOUR_DIGITS and _COLOUR.search(before) is not None


def _full_path(written: str | None, place: Place) -> str | None:
    """The project that a reference names; what begins like a host's name is an address without its scheme."""
    if not written:
        return place.project_path
    if _PATH.fullmatch(written) is None or (_HOST.fullmatch(written) and not _is_neighbour(written, place)):
        return None
    return written if "/" in written else f"{place.namespace}/{written}"


def _is_neighbour(path: str, place: Place) -> bool:
    return path.partition("/")[0] == place.project_path.partition("/")[0]


def _closing_starts(text: str, prose: str, spotted: Sequence[_Spotted]) -> frozenset[int]:
    """Where the issues begin that follow a closing word, alone or as a list, by GitLab's own pattern."""
    issues = {one.start: one.end for one in spotted if one.kind is EntityKind.ISSUE}
    closing: set[int] = set()
    for word in _CLOSING.finditer(prose):
        gap = _AFTER_WORD.match(text, word.end())
        while gap is not None and gap.end() in issues and gap.end() not in closing:
            closing.add(gap.end())
            gap = _BETWEEN.match(text, issues[gap.end()])
    return frozenset(closing)
