"""`lore sql`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from domain.errors import UsageError
from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.output import answer
from entrypoints.cli.tree import command

if TYPE_CHECKING:
    from application.ports.sql_console import SqlAnswer
    from entrypoints.cli.screen import Screen


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "sql",
        examples=['lore sql "SELECT state, count(*) FROM issues GROUP BY state"', "lore sql - < query.sql"],
        answer="application.ports.sql_console:SqlAnswer",
        panel=panels.READ,
    )
    def sql(
        ctx: typer.Context,
        query: Annotated[str, typer.Argument(help="One statement; - reads it from standard input.", metavar="QUERY")],
        limit: Annotated[int | None, typer.Option("-n", "--limit", help="At most this many.", min=1)] = None,
        timeout: Annotated[str, typer.Option("--timeout", help="Give up after this time.", metavar="TIME")] = "30s",
    ) -> None:
        """Ask the store in SQL. It can only be read; the tables are those of the documentation."""
        from domain.dates import parse_duration

        run = invocation(ctx)
        text = run.stdin.read() if query == "-" else query
        if not text.strip():
            raise UsageError("There is no query.", suggestion="Give one, or pipe it in with `lore sql -`.")
        patience = parse_duration(f"{timeout}s" if timeout.isdecimal() else timeout)
        with opened(ctx) as box:
            found = box.console().run(text, limit=limit, timeout_ms=patience)
        data = {"columns": found.columns, "rows": found.rows}
        total = None if found.truncated else len(found.rows)
        meta = {"total": total, "truncated": found.truncated}
        answer(ctx, data, lambda screen: _show(screen, found), meta=meta)


def _show(screen: Screen, found: SqlAnswer) -> None:
    from entrypoints.cli.screen import Cell
    from entrypoints.cli.tables import Column, table

    columns = [Column(title=name, flexible=_is_text(found, place)) for place, name in enumerate(found.columns)]
    rows = [["" if value is None else str(value) for value in row] for row in found.rows]
    if columns:
        table(screen, columns, rows)
    if found.truncated:
        screen.line(Cell(f"The first {len(rows)}; there are more.", "dim"))


def _is_text(found: SqlAnswer, place: int) -> bool:
    return any(isinstance(row[place], str) for row in found.rows)
