"""Items as people name them: `issue:42`, `mr:7`, `#42`, `group/app!7`."""

import re

from domain.refs import EntityKind
from domain.timeline import ItemKey

_DIRECT = re.compile(r"^(?:(?P<word>issues?|mrs?|merge[_-]?requests?)\s*[:#!]\s*)(?P<iid>\d{1,10})$", re.IGNORECASE)
_SHORT = re.compile(r"^(?P<path>[\w./-]*)(?P<sigil>[#!])(?P<iid>\d{1,10})$")


def named_item(text: str, project_path: str) -> ItemKey | None:
    """The item that a text names and nothing else; None where it is a query."""
    direct = _DIRECT.match(text.strip())
    if direct is not None:
        kind = EntityKind.ISSUE if direct["word"].lower().startswith("issue") else EntityKind.MERGE_REQUEST
        return ItemKey(project_path, kind, int(direct["iid"]))
    short = _SHORT.match(text.strip())
    if short is None:
        return None
    kind = EntityKind.ISSUE if short["sigil"] == "#" else EntityKind.MERGE_REQUEST
    return ItemKey(short["path"] or project_path, kind, int(short["iid"]))
