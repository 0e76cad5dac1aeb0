"""Where tokens come from, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.tokens import Tokens
from domain.errors import LoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    instance: str
    found: bool
    origin: str
    exposed: bool
    """Others on this machine may read it where it lies."""
    problem: str
    """Why there is none, where there is none."""


def token_rows(tokens: Tokens, instances: Sequence[str]) -> tuple[TokenRow, ...]:
    return tuple(_row(tokens, instance) for instance in instances)


def _row(tokens: Tokens, instance: str) -> TokenRow:
    try:
        found = tokens.find(instance)
    except LoreError as error:
        return TokenRow(instance=instance, found=False, origin="", exposed=False, problem=error.message)
    return TokenRow(instance=instance, found=True, origin=found.origin, exposed=found.exposed, problem="")
