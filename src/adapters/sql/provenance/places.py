"""Where files lie, as conditions on one of a change's paths."""

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, bindparam

from adapters.sql.prepared import among

Place: TypeAlias = Callable[[ColumnElement[str]], ColumnElement[bool]]
"""That a side of a change lies in the place."""


def named(side: ColumnElement[str]) -> ColumnElement[bool]:
    """It is one of `paths`."""
    return among(side, "paths")


def below(side: ColumnElement[str]) -> ColumnElement[bool]:
    """It lies anywhere below the folder of `limits`."""
    return and_(side >= bindparam("first"), side < bindparam("after"))


def limits(folder: str) -> dict[str, str]:
    """`0` is the character after `/`, so the range holds exactly what begins with the folder and a slash.

    The root's limits hold everything: no path begins with the last character there is.
    """
    return {"first": f"{folder}/", "after": f"{folder}0"} if folder else {"first": "", "after": chr(0x10FFFF)}
