"""Where the token of an instance is, and keeping one for the user."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundToken:
    """A token and where it was found; the token itself is in no representation of this."""

    secret: str = field(repr=False)
    origin: str
    """For people: `environment GITLAB_TOKEN`, `file /...`, `keyring`, `command pass`."""
    exposed: bool = False
    """Others on this machine may read it where it lies."""


class Tokens(Protocol):
    """The tokens of the configured instances. A token is read anew each time it is asked for."""

    def find(self, instance: str) -> FoundToken:
        """Raises `TokenNotSet` where there is none, and `ConfigInvalid` for one that no GitLab API could accept."""
        ...

    def keep(self, instance: str, secret: str) -> str:
        """Keep a token where only the user can read it; returns where, for people. Replaces the one kept before.

        Raises `ConfigInvalid` for what cannot be a token, and `FileError` where it cannot be kept.
        """
        ...

    def forget(self, instance: str) -> bool:
        """Remove what `keep` kept; False if there was nothing. Tokens that the user put elsewhere stay."""
        ...
