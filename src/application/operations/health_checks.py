"""The checks of `lore doctor` that ask ports: token, server and clock of each instance."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.gitlab_reader import GitLabs
from application.ports.health import CheckOutcome, CheckState
from application.ports.tokens import Tokens
from domain.errors import GitLabAuthFailed
from domain.token_rights import days_left, ends_soon, may_read_everything

_SKEW_WARNING_MS = 30_000
"""More than this and the rules of settled fetches (sync.md rule 3) begin to lean on their margins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIsThere:
    """Without a request: a token is where the configuration says."""

    instance: str
    tokens: Tokens
    quick: bool = True

    @property
    def name(self) -> str:
        return f"token of {self.instance}"

    def run(self) -> CheckOutcome:
        found = self.tokens.find(self.instance)
        if found.exposed:
            return CheckOutcome(
                state=CheckState.WARNING,
                message=f"The token ({found.origin}) can be read by others on this machine.",
                remedy="Take their permissions on that file away.",
                actions=(f"chmod 600 {found.origin.removeprefix('file ')}",),
            )
        return CheckOutcome(state=CheckState.OK, message=f"Found: {found.origin}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAnswers:
    """GitLab can be reached, and both clocks agree."""

    instance: str
    gitlabs: GitLabs
    quick: bool = False

    @property
    def name(self) -> str:
        return f"server of {self.instance}"

    def run(self) -> CheckOutcome:
        server = self.gitlabs.reader(self.instance).server()
        skew = server.clock_skew_ms
        if abs(skew) > _SKEW_WARNING_MS:
            return CheckOutcome(
                state=CheckState.WARNING,
                message=f"GitLab {server.version} answers, but this clock differs by {abs(skew) // 1000} s from its.",
                remedy="Set this machine's clock by the network (NTP).",
            )
        return CheckOutcome(state=CheckState.OK, message=f"GitLab {server.version} answers; the clocks agree.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIsGood:
    """GitLab accepts the token, and it may read enough."""

    instance: str
    gitlabs: GitLabs
    clock: Clock
    quick: bool = False

    @property
    def name(self) -> str:
        return f"rights on {self.instance}"

    def run(self) -> CheckOutcome:
        token = self.gitlabs.reader(self.instance).token()
        if not may_read_everything(token.scopes):
            raise GitLabAuthFailed(
                f"The token's scopes are {', '.join(token.scopes or ())}; read_api is needed.",
                suggestion="Make a token with scope read_api.",
                details={"reason": "insufficient_scope"},
            )
        days = days_left(token.expires_at, self.clock.now_ms())
        if ends_soon(days):
            return CheckOutcome(
                state=CheckState.WARNING,
                message=f"The token of @{token.username} is good, but ends in {days} days.",
                remedy="Renew it in GitLab.",
            )
        return CheckOutcome(state=CheckState.OK, message=f"GitLab knows @{token.username} by it.")
