"""JSON Schemas of answers, derived from the records that the serialiser shows: what `views.plain` makes of each."""

import types
import typing
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, Union

from entrypoints.views import field_names

Schema = dict[str, Any]
_SIMPLE: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    object: {},
    Any: {},
}
_TIME: Schema = {"type": "string", "format": "date-time"}


def schema_of(kind: object) -> Schema:
    """The schema of what is shown of a record, or of any type that a record's field may have."""
    return _schema(kind, name="")


def _schema(kind: object, *, name: str) -> Schema:
    if kind is int and name.endswith("_at"):
        return _TIME
    if isinstance(kind, typing.NewType):
        return _schema(kind.__supertype__, name=name)
    if typing.get_origin(kind) is not None:
        return _composed(typing.get_origin(kind), typing.get_args(kind), name)
    return _SIMPLE[kind] if kind in _SIMPLE else _named(kind)


def _named(kind: object) -> Schema:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [each.value for each in kind]}
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind)
    raise TypeError(f"{kind} has no schema")


def _composed(origin: object, arguments: tuple[Any, ...], name: str) -> Schema:
    if origin in {Union, types.UnionType}:
        return {"anyOf": [_schema(each, name=name) for each in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if isinstance(origin, type):
        return _container(origin, arguments, name)
    raise TypeError(f"{origin} has no schema")


def _container(origin: type, arguments: tuple[Any, ...], name: str) -> Schema:
    if issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1], name="")}
    if issubclass(origin, tuple) and Ellipsis not in arguments:
        return {"type": "array", "prefixItems": [_schema(each, name="") for each in arguments]}
    if issubclass(origin, Collection):
        return {"type": "array", "items": _schema(arguments[0], name=name)}
    raise TypeError(f"{origin} has no schema")


@cache
def _record(record: type) -> Schema:
    hints = typing.get_type_hints(record)
    names = field_names(record)
    required = [each.name for each in fields(record) if each.name in names]
    return {
        "type": "object",
        "title": record.__name__,
        "properties": {name: _schema(hints[name], name=name) for name in names},
        "required": required,
        "additionalProperties": False,
    }
