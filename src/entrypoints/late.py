"""Classes that are imported when they are first needed: the use-cases of a command that is not run cost nothing."""

import importlib
from typing import Any


class Late:
    """Makes objects of the class at `module:Class`."""

    def __init__(self, place: str) -> None:
        self._place = place

    @property
    def made(self) -> type:
        module, _, name = self._place.partition(":")
        found: type = getattr(importlib.import_module(module), name)
        return found

    def __call__(self, **dependencies: object) -> Any:
        return self.made(**dependencies)

    def __repr__(self) -> str:
        return f"Late({self._place!r})"
