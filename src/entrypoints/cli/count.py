"""`lore count`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import opened
from entrypoints.cli.options import ProjectName, RequireFresh
from entrypoints.cli.output import answer_list
from entrypoints.cli.tree import command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports.store_figures import Count
    from entrypoints.cli.screen import Screen


class CountedName(StrEnum):
    ISSUES = "issues"
    MRS = "mrs"
    DISCUSSIONS = "discussions"
    NOTES = "notes"
    SYSTEM_NOTES = "system-notes"
    EVENTS = "events"
    ISSUE_LINKS = "issue-links"
    FILE_CHANGES = "file-changes"
    COMMITS = "commits"
    DOCUMENTS = "documents"
    CHUNKS = "chunks"


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "count",
        examples=["lore count", "lore count issues -p group/app"],
        answer="application.ports.store_figures:Count",
        answer_key="items",
        panel=panels.READ,
    )
    def count(
        ctx: typer.Context,
        what: Annotated[CountedName | None, typer.Argument(help="Only these.")] = None,
        project: ProjectName = None,
        require_fresh: RequireFresh = None,
    ) -> None:
        """Count what the store holds, issues and merge requests by state."""
        from application.operations.count_rows import CountQuestion
        from entrypoints.cli.asking import duration

        names = {CountedName.MRS: "merge_requests"}
        question = CountQuestion(
            projects=(project,) if project else (),
            what=None if what is None else names.get(what, what.value.replace("-", "_")),
            require_fresh_ms=duration(require_fresh),
        )
        with opened(ctx) as box:
            found = box.count_rows()(question)
        answer_list(
            ctx,
            found.counts,
            lambda screen: show_counts(screen, found.counts),
            total=len(found.counts),
            meta={"freshness": found.freshness},
        )


def show_counts(screen: Screen, counts: Sequence[Count]) -> None:
    from entrypoints.cli.tables import Column, state, table

    columns = (Column(title="What"), Column(title="State"), Column(title="How many", right=True))
    rows = [(one.what.replace("_", " "), state(one.state or ""), f"{one.count:,}") for one in counts]
    table(screen, columns, rows)
