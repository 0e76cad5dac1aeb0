"""Tokens' rights, for people."""

from collections.abc import Sequence

from application.operations.check_tokens import TokenReport
from domain.token_rights import ends_soon
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import facts


def show_tokens(screen: Screen, reports: Sequence[TokenReport]) -> None:
    for report in reports:
        screen.line(Cell(report.instance, "bold"), "  ", Cell(report.url, "dim", report.url))
        facts(
            screen,
            [
                ("token of", Cell(f"@{report.username} ({report.name})", "green")),
                ("scopes", ", ".join(report.scopes) if report.scopes is not None else "not told by this server"),
                ("ends", _end(report)),
                ("from", report.origin),
                ("beware", Cell("others on this machine can read that file", "red") if report.exposed else ""),
            ],
        )


def _end(report: TokenReport) -> Cell:
    if report.expires_at is None:
        return Cell("never, or not told")
    return Cell(f"{report.expires_at} ({report.days_left} days)", "yellow" if ends_soon(report.days_left) else "")
