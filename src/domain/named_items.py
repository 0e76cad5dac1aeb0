"""Items that a search names instead of describing them: `#12`, `app!7`, or an address from a browser."""

import re
from dataclasses import dataclass

from domain.addresses import read_address, read_iid, read_item
from domain.errors import UsageError
from domain.refs import EntityKind

_REFERENCE = re.compile(r"(?P<path>[\w.-]+(?:/[\w.-]+)*)?(?P<sigil>[#!])(?P<iid>[0-9]+)")
_KINDS = {kind.sigil: kind for kind in EntityKind}


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


def named_items(text: str) -> tuple[NamedItem, ...]:
    """What a text names that holds nothing but names; of any other text, nothing."""
    try:
        return tuple(_read(word) for word in text.split())
    except UsageError:
        return ()


def _read(word: str) -> NamedItem:
    """Raises `UsageError` where the word is no name."""
    reference = _REFERENCE.fullmatch(word)
    if reference is not None:
        kind = _KINDS[reference["sigil"]]
        return NamedItem(kind=kind, iid=read_iid(reference["iid"]), path=reference["path"] or "")
    address = read_address(word)
    item = read_item(address, address.site)
    return NamedItem(kind=item.kind, iid=item.iid, path=item.project_path)
