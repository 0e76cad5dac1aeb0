"""Where somebody stands and what was typed, as the use-cases of provenance and people take it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from entrypoints.cli.asking import duration
from entrypoints.cli.invocation import invocation, opened

if TYPE_CHECKING:
    from application.provenance.whereabouts import Asked
    from domain.refs import EntityKind
    from entrypoints.provenance_container import ProvenanceContainer


@contextmanager
def opened_provenance(ctx: typer.Context) -> Iterator[ProvenanceContainer]:
    """The use-cases over the configured store, open for a block."""
    from entrypoints.provenance_container import provenance_of

    with opened(ctx) as box:
        yield provenance_of(box)


def asked(ctx: typer.Context, path: str, project: str | None, require_fresh: str | None) -> Asked:
    from application.provenance.whereabouts import Asked

    return Asked(
        path=path,
        project=project,
        default_project=invocation(ctx).settings().default_project,
        require_fresh_ms=duration(require_fresh),
    )


def kind_of(word: str) -> EntityKind:
    """`issues` or `mrs`."""
    from domain.refs import EntityKind

    return EntityKind.ISSUE if word == "issues" else EntityKind.MERGE_REQUEST
