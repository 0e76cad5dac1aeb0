"""What the doctor found, for people."""

from application.operations.doctor import HealthReport
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import state

_MARKS = {"ok": "✓", "warning": "!", "failed": "✗", "skipped": "-"}


def show_health(screen: Screen, report: HealthReport) -> None:
    width = max(len(check.name) for check in report.checks)
    for check in report.checks:
        mark = Cell(_MARKS[check.state], state(check.state).style)
        screen.line(mark, "  ", Cell(check.name.ljust(width), "bold"), "  ", check.message)
        indent = " " * (width + 5)
        if check.remedy:
            screen.line(indent, Cell(check.remedy, "yellow"))
        for action in check.actions:
            screen.line(indent, Cell(action, "cyan"))
