"""`lore generate-docs`."""

from typing import Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.output import answer
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "generate-docs",
        examples=["lore generate-docs", "lore generate-docs --full"],
        answer="application.operations.regenerate_documents:DocumentsReport",
        panel=panels.FETCH,
    )
    def generate_docs(
        ctx: typer.Context,
        full: Annotated[
            bool, typer.Option("--full", help="Render every document again, not only what is due.")
        ] = False,
    ) -> None:
        """Make the searchable documents that are due; a stage of every sync, alone."""
        from application.operations.regenerate_documents import RegenerateDocs
        from entrypoints.cli.progress import shown_progress

        with shown_progress(invocation(ctx)) as progress, opened(ctx, progress=progress) as box:
            report = box.regenerate_documents()(RegenerateDocs(full=full))
        words = f"{report.written:,} documents written, {report.unchanged:,} unchanged, {report.removed:,} removed."
        answer(ctx, report, lambda screen: screen.line(words))
