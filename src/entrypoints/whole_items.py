"""One issue or merge request as every door answers it: its own fields, and beside them all that belongs to it."""

from dataclasses import fields

from application.reading.show_item import ShownItem


def whole_item(shown: ShownItem) -> dict[str, object]:
    own = {field.name: getattr(shown.item, field.name) for field in fields(shown.item)}
    return own | {field.name: getattr(shown, field.name) for field in fields(shown) if field.name != "item"}
