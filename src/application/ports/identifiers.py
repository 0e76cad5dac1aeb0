"""New names for runs and lock owners."""

from typing import Protocol


class Identifiers(Protocol):
    def new(self) -> str:
        """A name never given before, of lower-case letters, digits and dashes."""
        ...
