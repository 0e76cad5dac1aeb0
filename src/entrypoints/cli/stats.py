"""`lore stats`: the store as a whole, whether it is sound, and mending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.output import answer, screen_of
from entrypoints.cli.tree import command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.operations.check_store import StoreStatistics
    from application.ports.store_health import ModelCoverage
    from application.ports.store_repair import Finding
    from entrypoints.cli.screen import Screen


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "stats",
        examples=["lore stats", "lore stats --check", "lore stats --repair"],
        answer="application.operations.check_store:StoreStatistics",
        panel=panels.LOOK_AFTER,
    )
    def stats(
        ctx: typer.Context,
        check: Annotated[bool, typer.Option("--check", help="Check that everything fits together.")] = False,
        repair: Annotated[
            bool, typer.Option("--repair", help="Make documents and index anew where they do not fit.")
        ] = False,
    ) -> None:
        """Show how large the store is; check it, or mend what is made from GitLab's data.

        Exit code 19 where something does not fit. --repair fetches nothing: what GitLab sent is kept as it is.
        """
        from dataclasses import replace

        with opened(ctx) as box:
            mended = box.repair_store()() if repair else None
            found = box.describe_store()(check=check and not repair)
        if mended is not None:
            found = replace(found, findings=mended.findings, mended=mended)
        run = invocation(ctx)
        if any(finding.count for finding in found.findings):
            if not run.robot:
                show_findings(screen_of(run), found.findings)
            raise _unsound(found.findings)
        answer(ctx, found, lambda screen: _show(screen, found))


def _show(screen: Screen, found: StoreStatistics) -> None:
    from entrypoints.cli.count import show_counts

    screen.line(f"{found.size.bytes / 1_000_000:,.1f} MB")
    show_counts(screen, found.counts)
    _show_coverage(screen, found.coverage)
    show_findings(screen, found.findings)


def _show_coverage(screen: Screen, coverage: Sequence[ModelCoverage]) -> None:
    from entrypoints.cli.tables import Column, table

    if not coverage:
        screen.line("No passage has a vector.")
        return
    titles = ("Passages", "Read in part", "Pending", "Titles", "Pending titles")
    columns = (Column(title="Model", flexible=True), *(Column(title=title, right=True) for title in titles))
    table(screen, columns, [(one.space.name, *(f"{number:,}" for number in _numbers(one))) for one in coverage])


def _numbers(one: ModelCoverage) -> tuple[int, ...]:
    return one.embedded, one.in_part, one.pending, one.titles_embedded, one.titles_pending


def show_findings(screen: Screen, findings: Sequence[Finding]) -> None:
    from entrypoints.cli.screen import Cell

    for finding in findings:
        name = finding.check.replace("_", " ")
        if finding.count:
            screen.line(Cell("✗ ", "red"), f"{name}: {finding.count:,} wrong, such as {finding.example}")
        else:
            screen.line(Cell("✓ ", "green"), name)


def _unsound(findings: Sequence[Finding]) -> Exception:
    from domain.errors import HealthCheckFailed
    from entrypoints.views import plain

    wrong = {finding.check for finding in findings if finding.count}
    if wrong & {"integrity", "foreign_keys"}:
        suggestion, actions = (
            "Move the database away and sync again: everything in it comes from GitLab.",
            ["lore sync"],
        )
    else:
        suggestion, actions = "Documents and index can be made anew.", ["lore stats --repair"]
    return HealthCheckFailed(
        f"The store does not fit together: {', '.join(sorted(wrong))}.",
        suggestion=suggestion,
        actions=actions,
        details={"findings": plain(findings)},
    )
