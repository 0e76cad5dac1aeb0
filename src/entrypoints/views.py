"""The one serialiser: any result of a use-case becomes plain data for JSON, the same at every door.

Records become objects, tuples and sets lists, enums their values, and integers named `*_at` (milliseconds UTC) ISO 8601
times. A use-case's result may hold anything else that JSON knows; whatever it does not know is a fault.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache

from domain.dates import iso

Plain = dict[str, "Plain"] | list["Plain"] | str | int | float | bool | None
"""What JSON can say."""

MINIMAL = (
    "kind",
    "project_path",
    "noteable_type",
    "parent_iid",
    "iid",
    "gitlab_discussion_id",
    "gitlab_note_id",
    "run_id",
    "path",
    "title",
    "state",
    "status",
    "score",
    "updated_at",
    "web_url",
)
"""The fields that `--fields minimal` keeps where an item has them: enough to tell items apart and to act on them."""


def plain(value: object) -> Plain:
    """The value as JSON will say it."""
    return _plain(value, name="")


def _plain(value: object, *, name: str) -> Plain:
    if isinstance(value, Enum):
        return _plain(value.value, name=name)
    if isinstance(value, int) and not isinstance(value, bool) and name.endswith("_at"):
        return iso(value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(each, name=str(key)) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {each: _plain(getattr(value, each), name=each) for each in field_names(type(value))}
    if isinstance(value, Collection) and not isinstance(value, bytes):
        return [_plain(each, name=name) for each in value]
    raise TypeError(f"{type(value).__name__} cannot be shown as JSON")


@cache
def field_names(record: type) -> tuple[str, ...]:
    """The names under which a record's fields are shown, in their order."""
    return tuple(each.name for each in fields(record) if not each.name.startswith("_"))


def chosen_fields(text: str) -> tuple[str, ...]:
    """What `--fields` names: `minimal`, or names between commas."""
    if text.strip() == "minimal":
        return MINIMAL
    return tuple(name.strip() for name in text.split(",") if name.strip())


def only(item: Plain, wanted: Sequence[str]) -> Plain:
    """An item with the wanted fields, in the order they were asked for; what it does not have is left out."""
    if not isinstance(item, dict):
        return item
    return {name: item[name] for name in wanted if name in item}


def unknown_fields(wanted: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Those of the wanted fields that are no field of the item."""
    return () if wanted == MINIMAL else tuple(name for name in wanted if name not in known)
