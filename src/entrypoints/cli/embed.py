"""`lore embed`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.output import answer
from entrypoints.cli.tree import command

if TYPE_CHECKING:
    from domain.errors import EmbedderUnavailable

_WAIT_MS = 60_000


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "embed",
        examples=["lore embed"],
        answer="application.ports.embedding_stage:EmbeddingOutcome",
        panel=panels.FETCH,
    )
    def embed(ctx: typer.Context) -> None:
        """Give every passage without one its vector, for search by meaning; a stage of every sync, alone.

        Where they are many, each is first read in part, so that it is soon found, and then read whole, the newest
        first; a sync leaves most of that to this command. Stopped at any point, it goes on there the next time.
        """
        from entrypoints.cli.progress import shown_progress

        with shown_progress(invocation(ctx)) as progress, opened(ctx, progress=progress) as box:
            if box.embedder() is None:
                raise _none_wanted()
            outcome = box.embedding().embed(None, wait_ms=_WAIT_MS)
        words = (
            f"{outcome.chunks_embedded:,} passages embedded, {outcome.chunks_read_whole:,} of those that were read in "
            f"part read whole, {outcome.pending:,} still without a vector."
            if outcome.chunks_read_whole
            else f"{outcome.chunks_embedded:,} passages embedded, {outcome.pending:,} still without a vector."
        )
        answer(ctx, outcome, lambda screen: screen.line(" ".join(part for part in (words, outcome.note) if part)))


def _none_wanted() -> EmbedderUnavailable:
    from domain.errors import EmbedderUnavailable

    return EmbedderUnavailable(
        "The configuration wants no embedder (embedding.provider is none).",
        suggestion="Set embedding.provider, for instance to builtin.",
        actions=("lore config show",),
    )
