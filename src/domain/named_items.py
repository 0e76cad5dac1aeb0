"""Items that a search names instead of describing them: `#12`, `app!7`, or an address from a browser."""

import re
from dataclasses import dataclass

from domain.addresses import read_address, read_iid, read_item
from domain.errors import UsageError
from domain.refs import SIGILS, EntityKind

_SHORT = re.compile(r"(?P<path>[\w./-]*)(?P<sigil>[#!])(?P<iid>\d{1,10})")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedItem:
    kind: EntityKind
    iid: int
    path: str = ""
    """The project's path as far as it is known: its end, or with the root of a GitLab that does not lie at its host's
    top before it; empty: any project may be meant."""

    def is_in(self, project_path: str) -> bool:
        ours, theirs = f"/{self.path}".casefold(), f"/{project_path}".casefold()
        return not self.path or ours.endswith(theirs) or theirs.endswith(ours)


def short_reference(text: str) -> tuple[str, EntityKind, str] | None:
    """The path, as far as it is given, the kind and the digits of `group/app!7`; None: the text is something else."""
    match = _SHORT.fullmatch(text)
    return None if match is None else (match["path"], SIGILS[match["sigil"]], match["iid"])


def named_items(text: str) -> tuple[NamedItem, ...]:
    """What a text names that holds nothing but names; of any other text, nothing."""
    try:
        return tuple(_read(word) for word in text.split())
    except UsageError:
        return ()


def _read(word: str) -> NamedItem:
    """Raises `UsageError` where the word is no name."""
    short = short_reference(word)
    if short is not None:
        path, kind, digits = short
        return NamedItem(kind=kind, iid=read_iid(digits), path=path)
    address = read_address(word)
    item = read_item(address, address.site)
    return NamedItem(kind=item.kind, iid=item.iid, path=item.project_path)
