"""Examine whether everything is in order, with a remedy for what is not."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.health import CheckOutcome, CheckState, HealthCheck
from domain.errors import LoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Examine:
    quick: bool = False
    """Only what is fast and asks no server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    name: str
    state: CheckState
    message: str
    remedy: str = ""
    actions: tuple[str, ...] = ()
    code: str | None = None
    """The code of the error that it failed with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    ready: bool
    """No check failed."""
    checks: tuple[CheckReport, ...]


class Doctor:
    """Runs every check, whatever the others say."""

    def __init__(self, *, checks: Sequence[HealthCheck]) -> None:
        self._checks = checks

    def __call__(self, command: Examine) -> HealthReport:
        checks = tuple(examined(check) for check in self._checks if check.quick or not command.quick)
        return HealthReport(ready=all(check.state is not CheckState.FAILED for check in checks), checks=checks)


def examined(check: HealthCheck) -> CheckReport:
    try:
        outcome = check.run()
    except LoreError as error:
        return failed_check(check.name, error)
    return _report(check.name, outcome)


def failed_check(name: str, error: LoreError) -> CheckReport:
    return CheckReport(
        name=name,
        state=CheckState.FAILED,
        message=error.message,
        remedy=error.suggestion,
        actions=error.actions,
        code=error.code,
    )


def _report(name: str, outcome: CheckOutcome) -> CheckReport:
    return CheckReport(
        name=name, state=outcome.state, message=outcome.message, remedy=outcome.remedy, actions=outcome.actions
    )
