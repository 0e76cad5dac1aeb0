"""The two kinds of trace: of a path, and of lines."""

import typer

from application.provenance.whereabouts import Asked
from entrypoints.cli.asking_provenance import opened_provenance, view
from entrypoints.cli.output import answer


def trace_path(ctx: typer.Context, question: Asked, *, threads: int, limit: int) -> None:
    from application.provenance.trace_path import TracePathOf

    with opened_provenance(ctx) as box:
        found = box.trace_path()(TracePathOf(asked=question, threads=threads, limit=limit))
    answer(
        ctx,
        found.trace,
        view("path_trace_view:show_path_trace", found),
        meta={
            "total_mrs": found.total_mrs,
            "truncated": found.total_mrs > len(found.trace.chains),
            "freshness": found.freshness,
        },
    )


def trace_line(ctx: typer.Context, question: Asked, first: int, last: int, *, threads: int, limit: int) -> None:
    from application.provenance.trace_line import TraceLineOf

    with opened_provenance(ctx) as box:
        found = box.trace_line()(TraceLineOf(asked=question, first=first, last=last, threads=threads, groups=limit))
    answer(
        ctx,
        found.trace,
        view("line_trace_view:show_line_trace", found),
        meta={
            "total_groups": found.total_groups,
            "truncated": found.total_groups > len(found.trace.lines),
            "freshness": found.freshness,
        },
    )
