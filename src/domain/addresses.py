"""GitLab's web addresses: which instance one belongs to and which item it shows (FACTS.md section f).

Reading is strict, because a token goes where an address points: what a browser would repair, guess or decode twice
is refused with a `UsageError` that says why. Nothing here echoes user information or query strings, where tokens hide.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from domain.errors import UsageError
from domain.refs import EntityKind

MAX_IID = 2**31 - 1
"""GitLab keeps iids in 4-byte integers."""
MAX_LENGTH = 4096
_DEFAULT_PORTS = {"http": 80, "https": 443}

_URL = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?[^#]*)?(?:#(.*))?", re.ASCII | re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]@%]+)(?::([0-9]{0,5}))?", re.IGNORECASE | re.ASCII)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", re.ASCII)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_IID = re.compile(r"([0-9]+)(?:\.(?:diff|patch|json|atom))?", re.ASCII)
_NOTE = re.compile(r"note_([0-9]{1,18})", re.ASCII)
_KINDS = {
    "issues": EntityKind.ISSUE,
    "work_items": EntityKind.ISSUE,
    "merge_requests": EntityKind.MERGE_REQUEST,
}
_SEPARATOR = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a GitLab lives: what must agree before an address counts as its own."""

    scheme: str
    host: str
    port: int
    root: tuple[str, ...] = ()
    """The path that an instance under a relative URL begins with."""

    def __str__(self) -> str:
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return "/".join((f"{self.scheme}://{self.host}{port}", *map(quote, self.root)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A web address taken apart: the site at the host's top, the decoded path, and the note its anchor names."""

    site: Site
    segments: tuple[str, ...]
    note_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAddress:
    """The issue or merge request that an address shows."""

    project_path: str
    kind: EntityKind
    iid: int
    note_id: int | None = None


def read_site(text: str) -> Site:
    """The site of an instance's configured base URL."""
    address = read_address(text)
    top = address.site
    return Site(scheme=top.scheme, host=top.host, port=top.port, root=address.segments)


def read_address(text: str) -> Address:
    """Take an http(s) address apart; host, port and scheme are normalised, the path is decoded exactly once."""
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise UsageError(f"it is longer than {MAX_LENGTH} characters")
    if not text.isprintable() or any(char.isspace() or char == "\\" for char in text):
        raise UsageError("it holds blanks, backslashes or invisible characters")
    match = _URL.fullmatch(text)
    if match is None:
        raise UsageError("it is no http:// or https:// address")
    scheme, authority, path, fragment = match.groups(default="")
    scheme = scheme.lower()
    host, port = _read_authority(authority)
    site = Site(scheme=scheme, host=host, port=_DEFAULT_PORTS[scheme] if port is None else port)
    note = _NOTE.fullmatch(fragment)
    return Address(site=site, segments=_segments(path), note_id=int(note[1]) if note else None)


def _read_authority(authority: str) -> tuple[str, int | None]:
    if "@" in authority:
        raise UsageError("it has a user name or password before the host, which is a way to hide the real host")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise UsageError("it has no readable host and port")
    port = int(match[2]) if match[2] else None
    if port is not None and not 0 < port <= 65_535:  # noqa: PLR2004 - TCP's last port
        raise UsageError(f"{port} is no port")
    return _read_host(match[1]), port


def _read_host(host: str) -> str:
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]"
        except ValueError as error:
            raise UsageError("its host is no IPv6 address") from error
    host = host.lower() if host.isascii() else _in_ascii(host)
    if _HOST.fullmatch(host) is None:
        raise UsageError("its host is no host name")
    return host


def _in_ascii(host: str) -> str:
    """The name as it stands in DNS; what only becomes that name by mapping look-alikes is refused."""
    plain = host.lower()
    try:
        name = plain.encode("idna").decode("ascii")
        if unicodedata.normalize("NFKC", host) == host and name.encode("ascii").decode("idna") == plain:
            return name
    except UnicodeError as error:
        raise UsageError("its host is no host name") from error
    raise UsageError("its host is written in look-alike characters")


def _segments(path: str) -> tuple[str, ...]:
    if _BROKEN_ESCAPE.search(path):
        raise UsageError("its path holds a broken %-escape")
    return tuple(_decoded(part) for part in path.split("/") if part)


def _decoded(part: str) -> str:
    try:
        text = unquote_to_bytes(part).decode()
    except UnicodeDecodeError as error:
        raise UsageError("its path is not UTF-8") from error
    if text in {".", ".."} or "/" in text or "\\" in text or not text.isprintable():
        raise UsageError("its path holds dot segments, encoded slashes or invisible characters")
    return text


def sites_of(address: Address, sites: Sequence[Site]) -> tuple[Site, ...]:
    """The sites that the address lies in, of nested roots on one host only the deepest; none if it is foreign."""
    own = [site for site in sites if _contains(site, address)]
    depth = max((len(site.root) for site in own), default=0)
    return tuple(site for site in own if len(site.root) == depth)


def _contains(site: Site, address: Address) -> bool:
    top = address.site
    return (site.scheme, site.host, site.port) == (top.scheme, top.host, top.port) and (
        address.segments[: len(site.root)] == site.root
    )


def read_item(address: Address, site: Site) -> ItemAddress:
    """Which issue or merge request the address shows; the site must contain it."""
    segments = address.segments[len(site.root) :]
    _refuse_what_no_project_has(segments)
    project, route = _split_route(segments)
    kind, number = _read_route(route)
    return ItemAddress(
        project_path=read_project_path("/".join(project)), kind=kind, iid=read_iid(number), note_id=address.note_id
    )


def _refuse_what_no_project_has(segments: tuple[str, ...]) -> None:
    if segments[:1] == ("groups",):
        raise UsageError(
            "it shows something of a group, such as an epic; only a project's issues and merge requests sync"
        )
    if segments[:1] == ("api",):
        raise UsageError("it is an address of the API; use the one that the browser shows")


def _split_route(segments: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Project and route; since GitLab 12 a lone dash stands between them, before that nothing did."""
    if _SEPARATOR in segments:
        at = segments.index(_SEPARATOR)
        return segments[:at], segments[at + 1 :]
    for at in range(2, len(segments) - 1):
        if segments[at] in _KINDS and _IID.fullmatch(_after_type(segments[at:])):
            return segments[:at], segments[at:]
    raise UsageError("it shows no issue or merge request")


def _after_type(route: tuple[str, ...]) -> str:
    """The number of a route; an incident has its type between word and number."""
    at = 2 if route[:2] == ("issues", "incident") else 1
    return route[at] if len(route) > at else ""


def _read_route(route: tuple[str, ...]) -> tuple[EntityKind, str]:
    kind = _KINDS.get(route[0]) if route else None
    if kind is None:
        raise UsageError("it shows no issue or merge request")
    number = _IID.fullmatch(_after_type(route))
    if number is None:
        raise UsageError("it shows a list or a form, not one issue or merge request")
    return kind, number[1]


def read_iid(text: str) -> int:
    """The number of an issue or merge request within its project."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise UsageError("it is no number")
    if digits != text or not digits.strip("0"):
        raise UsageError("numbers begin at 1")
    if len(digits) > len(str(MAX_IID)) or int(digits) > MAX_IID:
        raise UsageError(f"no number in GitLab is above {MAX_IID}")
    return int(digits)


def read_project_path(text: str) -> str:
    """A full project path, `group/project` or deeper, without slashes at its ends."""
    path = text.strip("/")
    parts = path.split("/")
    if len(parts) < 2:  # noqa: PLR2004 - a group and a project
        raise UsageError("the full path of a project has a group and a name: group/project")
    if not all(is_path_part(part) for part in parts):
        raise UsageError("it is no project path: only letters, digits, '_', '-' and '.' stand between the slashes")
    return path


def is_path_part(text: str) -> bool:
    """Whether GitLab could have a group or project of this name; letters of every script are allowed."""
    return (
        0 < len(text) <= 255  # noqa: PLR2004 - GitLab's limit
        and text[0] != "-"
        and text not in {".", ".."}
        and all(is_path_char(char) for char in text)
    )


def is_path_char(char: str) -> bool:
    return char in "_-." or unicodedata.category(char)[0] in "LMN"


def same_path(one: str, other: str) -> bool:
    """Whether GitLab takes both for the same project: case and the form of accents make no difference."""
    return _path_key(one) == _path_key(other)


def _path_key(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def canonical_url(site: Site, project_path: str, kind: EntityKind, iid: int, note_id: int | None = None) -> str:
    """The address that GitLab shows for an item, or for one note in it."""
    anchor = "" if note_id is None else f"#note_{note_id}"
    return f"{site}/{quote(project_path)}/-/{kind.api_name}/{iid}{anchor}"
