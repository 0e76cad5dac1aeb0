"""Items as people name them: `issue:42`, `mr:7`, `#42`, `group/app!7`."""

import re

from domain.named_items import short_reference
from domain.refs import EntityKind
from domain.timeline import ItemKey

_DIRECT = re.compile(r"^(?:(?P<word>issues?|mrs?|merge[_-]?requests?)\s*[:#!]\s*)(?P<iid>\d{1,10})$", re.IGNORECASE)


def named_item(text: str, project_path: str) -> ItemKey | None:
    """The item that a text names and nothing else; None where it is a query."""
    direct = _DIRECT.match(text.strip())
    if direct is not None:
        kind = EntityKind.ISSUE if direct["word"].lower().startswith("issue") else EntityKind.MERGE_REQUEST
        return ItemKey(project_path, kind, int(direct["iid"]))
    short = short_reference(text.strip())
    if short is None:
        return None
    path, kind, digits = short
    return ItemKey(path or project_path, kind, int(digits))
