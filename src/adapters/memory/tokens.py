"""Tokens that end with the process."""

from application.ports.tokens import FoundToken
from domain.access_tokens import usable_token
from domain.errors import ConfigInvalid, TokenNotSet


class MemoryTokens:
    """Port `Tokens`. `given` are those the user has put somewhere, by instance; None: configured without a token."""

    def __init__(self, **given: str | None) -> None:
        self._given = given
        self._kept: dict[str, str] = {}

    def find(self, instance: str) -> FoundToken:
        given = self._given_for(instance)
        if given is not None:
            return FoundToken(secret=usable_token(given, "memory"), origin="memory")
        if instance in self._kept:
            return FoundToken(secret=self._kept[instance], origin="memory, kept")
        raise TokenNotSet(f"There is no token for {instance}.", details={"instance": instance})

    def keep(self, instance: str, secret: str) -> str:
        self._given_for(instance)
        self._kept[instance] = usable_token(secret.strip(), "what was given")
        return "memory, kept"

    def forget(self, instance: str) -> bool:
        self._given_for(instance)
        return self._kept.pop(instance, None) is not None

    def _given_for(self, instance: str) -> str | None:
        if instance not in self._given:
            raise ConfigInvalid(f"No instance is called {instance}.")
        return self._given[instance]
