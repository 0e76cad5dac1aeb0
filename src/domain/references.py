"""Cross references in untrusted text: short forms, addresses, closing words, and what system notes say (FACTS.md f).

Everything here takes time linear in the text: a note may hold a megabyte of anything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from domain.addresses import Site, read_address, read_item, read_site, sites_of
from domain.errors import UsageError
from domain.refs import EntityKind


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


_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_BACKTICKS = re.compile(r"`+")
_URL = re.compile(r"https?://[^\s<>\"'`)\]}|]++", re.IGNORECASE)
_SHORT = re.compile(r"(?<![\w/.&#!@\-])(?P<path>[\w./\-]{1,255}+)?(?P<sigil>[#!])(?P<iid>\d{1,9})(?:\+s?)?(?![\w#!])")
_WORK_ITEM = re.compile(r"(?<![\w/.\-])GL-(?P<iid>\d{1,9})(?![\w\-])")
_PATH = re.compile(r"\w[\w.\-]*+(?:/\w[\w.\-]*+)*+")
_CLOSING = re.compile(
    r"\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)\b:?", re.IGNORECASE
)
_BETWEEN = re.compile(r"[\s,]{0,20}(?:(?:and|issues?|or)\b\s{0,20})?", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w/.\-@`])@(?P<name>\w(?:[\w.\-]{0,253}[\w\-])?)(?![\w@/])")
_SIGILS = {"#": EntityKind.ISSUE, "!": EntityKind.MERGE_REQUEST}

_SYSTEM_NOTES: tuple[tuple[re.Pattern[str], Relation], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), relation)
    for pattern, relation in (
        (r"mentioned in (?:issue|merge request|task|incident|epic) ", Relation.MENTIONED_IN),
        (r"moved to ", Relation.MOVED_TO),
        (r"moved from ", Relation.MOVED_FROM),
        (r"marked this (?:issue|task|incident|work item) as a duplicate of ", Relation.DUPLICATE_OF),
        (r"marked (?=\S+ as a duplicate of this )", Relation.HAS_DUPLICATE),
        (r"marked (?:this issue )?as related to ", Relation.RELATED),
        (r"closed via merge request ", Relation.CLOSED_BY),
        (r"created merge request ", Relation.ADDRESSED_BY),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spotted:
    kind: EntityKind
    project_path: str
    iid: int
    start: int
    end: int


def references_in(text: str, place: Place) -> tuple[FoundReference, ...]:
    """The references of a description or a user's note, in reading order; none from code or foreign addresses."""
    prose = without_code(text)
    spotted = _spot(prose, place)
    closing = _closing_starts(prose, spotted)
    return tuple(
        FoundReference(
            kind=one.kind,
            project_path=one.project_path,
            iid=one.iid,
            relation=Relation.CLOSES if one.start in closing and one.kind is EntityKind.ISSUE else Relation.MENTIONS,
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
    """The text with fenced blocks and code spans blanked out, every other character where it was."""
    return _without_spans(_without_fences(text))


def _without_fences(text: str) -> str:
    pieces, at, opened = [], 0, None
    for fence in _FENCE.finditer(text):
        mark = fence[1]
        if opened is None:
            pieces.append(text[at : fence.start()])
            opened, at = mark, fence.start()
        elif mark[0] == opened[0] and len(mark) >= len(opened):
            pieces.append(_blank(text[at : fence.end()]))
            opened, at = None, fence.end()
    rest = text[at:]
    return "".join((*pieces, rest if opened is None else _blank(rest)))


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
    return "".join("\n" if char == "\n" else " " for char in code)


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
        address = read_address(url[0].rstrip(".,;:!?*_"))
        if not sites_of(address, (site,)):
            return None
        item = read_item(address, site)
    except UsageError:
        return None
    return _Spotted(kind=item.kind, project_path=item.project_path, iid=item.iid, start=url.start(), end=url.end())


def _short_forms(prose: str, place: Place) -> Iterator[_Spotted]:
    for match in _SHORT.finditer(prose):
        path = _full_path(match["path"], place)
        if path is not None and int(match["iid"]) > 0:
            yield _Spotted(
                kind=_SIGILS[match["sigil"]],
                project_path=path,
                iid=int(match["iid"]),
                start=match.start(),
                end=match.end(),
            )
    for match in _WORK_ITEM.finditer(prose):
        if int(match["iid"]) > 0:
            yield _Spotted(
                kind=EntityKind.ISSUE,
                project_path=place.project_path,
                iid=int(match["iid"]),
                start=match.start(),
                end=match.end(),
            )


def _full_path(written: str | None, place: Place) -> str | None:
    if not written:
        return place.project_path
    if _PATH.fullmatch(written) is None:
        return None
    return written if "/" in written else f"{place.namespace}/{written}"


def _closing_starts(prose: str, spotted: Sequence[_Spotted]) -> frozenset[int]:
    """Where the references begin that follow a closing word, alone or as a list."""
    by_start = {one.start: one for one in spotted}
    closing: set[int] = set()
    for word in _CLOSING.finditer(prose):
        at = _after_gap(prose, word.end())
        while at in by_start and at not in closing:
            closing.add(at)
            at = _after_gap(prose, by_start[at].end)
    return frozenset(closing)


def _after_gap(prose: str, at: int) -> int:
    gap = _BETWEEN.match(prose, at)
    return at if gap is None else gap.end()
