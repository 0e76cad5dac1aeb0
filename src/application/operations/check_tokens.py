"""Whether the tokens are good, whose they are, what they may do and until when."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.gitlab_reader import GitLabs, TokenInfo
from application.ports.tokens import Tokens
from domain.errors import GitLabAuthFailed, LoreError
from domain.token_rights import days_left, may_read_everything


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedInstance:
    """An instance whose token is asked about."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTokensOf:
    instances: tuple[CheckedInstance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReport:
    instance: str
    url: str
    username: str
    name: str
    scopes: tuple[str, ...] | None
    """None where the server does not say."""
    expires_at: str | None
    """A date; None: never, or not said."""
    days_left: int | None
    origin: str
    exposed: bool


class CheckTokens:
    """Asks each instance. One that refuses raises, after all were asked; the error's details tell of each."""

    def __init__(self, *, gitlabs: GitLabs, tokens: Tokens, clock: Clock) -> None:
        self._gitlabs = gitlabs
        self._tokens = tokens
        self._clock = clock

    def __call__(self, command: CheckTokensOf) -> tuple[TokenReport, ...]:
        reports: list[TokenReport] = []
        errors: dict[str, LoreError] = {}
        for instance in command.instances:
            try:
                reports.append(self._ask(instance))
            except LoreError as error:
                errors[instance.name] = error
        if errors:
            raise _with_all(errors, reports)
        return tuple(reports)

    def _ask(self, instance: CheckedInstance) -> TokenReport:
        found = self._tokens.find(instance.name)
        token = self._gitlabs.reader(instance.name).token()
        if not may_read_everything(token.scopes):
            raise _insufficient(instance, token)
        return TokenReport(
            instance=instance.name,
            url=instance.url,
            username=token.username,
            name=token.name,
            scopes=token.scopes,
            expires_at=token.expires_at,
            days_left=days_left(token.expires_at, self._clock.now_ms()),
            origin=found.origin,
            exposed=found.exposed,
        )


def _insufficient(instance: CheckedInstance, token: TokenInfo) -> GitLabAuthFailed:
    return GitLabAuthFailed(
        f"The token of {instance.name} has the scopes {', '.join(token.scopes or ())}, but read_api is needed.",
        suggestion=f"Make one with scope read_api at {instance.url}/-/user_settings/personal_access_tokens.",
        details={"reason": "insufficient_scope", "instance": instance.name, "scopes": list(token.scopes or ())},
    )


def _with_all(errors: dict[str, LoreError], reports: Sequence[TokenReport]) -> LoreError:
    """The first error, telling of the other instances too."""
    first = next(iter(errors.values()))
    first.details["failed"] = {name: error.message for name, error in errors.items()}
    first.details["good"] = [report.instance for report in reports]
    return first
