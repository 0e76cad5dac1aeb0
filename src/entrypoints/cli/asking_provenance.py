"""Where somebody stands and what was typed, as the use-cases of provenance and people take it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from entrypoints.cli.asking import duration
from entrypoints.cli.invocation import invocation, opened

if TYPE_CHECKING:
    from application.provenance.whereabouts import Asked
    from domain.refs import EntityKind
    from entrypoints.cli.output import Human
    from entrypoints.cli.screen import Screen
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


def view(place: str, found: object) -> Human:
    """Shows an answer to people by a `module:function` of this package, which is loaded only if it has to be."""

    def show(screen: Screen) -> None:
        module, _, name = place.partition(":")
        getattr(importlib.import_module(f"entrypoints.cli.{module}"), name)(screen, found)

    return show


def kind_of(word: str) -> EntityKind:
    """`issues` or `mrs`."""
    from domain.refs import EntityKind

    return EntityKind.ISSUE if word == "issues" else EntityKind.MERGE_REQUEST
