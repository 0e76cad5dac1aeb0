"""`lore file-history`, `trace`, `timeline`, `explain`, `related`, `drift`: where code and decisions come from."""

from enum import StrEnum
from typing import Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.asking_provenance import asked, opened_provenance, view
from entrypoints.cli.options import Limit, ProjectName, RequireFresh, Since
from entrypoints.cli.output import answer, answer_item, answer_list
from entrypoints.cli.tree import command


class ItemType(StrEnum):
    """How people write a kind of item."""

    ISSUES = "issues"
    MRS = "mrs"


PathOf = Annotated[str, typer.Argument(help="A file or a folder/, from here or from the root.", metavar="PATH")]
TypeOf = Annotated[ItemType, typer.Argument(help="Of which kind the item is.")]
Iid = Annotated[int, typer.Argument(help="Its number.", metavar="IID", min=1)]
Hops = Annotated[int, typer.Option("--max-hops", help="At most so many renames.", min=0, metavar="N")]


def add_to(root: typer.Typer) -> None:
    _add_file_history(root)
    _add_trace(root)
    _add_timeline(root)
    _add_explain(root)
    _add_related(root)
    _add_drift(root)


def _add_file_history(root: typer.Typer) -> None:
    @command(
        root,
        "file-history",
        examples=["lore file-history src/app.py", "lore file-history src/auth/ --merged -n 10"],
        answer="application.provenance.file_history:FileHistoryData",
        panel=panels.UNDERSTAND,
    )
    def file_history(
        ctx: typer.Context,
        path: PathOf,
        project: ProjectName = None,
        discussions: Annotated[
            bool, typer.Option("--discussions", help="With the threads on the file, under any of its names.")
        ] = False,
        merged: Annotated[bool, typer.Option("--merged", help="Only what reached the default branch.")] = False,
        follow_renames: Annotated[bool, typer.Option(" /--no-follow-renames", help="Under this one name only.")] = True,
        max_hops: Hops = 10,
        limit: Limit = 50,
        require_fresh: RequireFresh = None,
    ) -> None:
        """Show which merge requests touched a file, through all its renames, the newest first."""
        from application.provenance.file_history import FileHistoryOf

        question = FileHistoryOf(
            asked=asked(ctx, path, project, require_fresh),
            discussions=discussions,
            merged_only=merged,
            follow_renames=follow_renames,
            max_hops=max_hops,
            limit=limit,
        )
        with opened_provenance(ctx) as box:
            found = box.file_history()(question)
        answer(
            ctx,
            found.history,
            view("file_history_view:show_file_history", found),
            meta={
                "total_mrs": found.total_mrs,
                "renames_followed": found.renames_followed,
                "paths_searched": found.paths_searched,
                "truncated": found.total_mrs > len(found.history.merge_requests),
                "freshness": found.freshness,
            },
        )


def _add_trace(root: typer.Typer) -> None:
    @command(
        root,
        "trace",
        aliases=["why"],
        examples=["lore trace src/app.py:42", "lore trace src/app.py:10-20", "lore trace src/app.py"],
        panel=panels.UNDERSTAND,
    )
    def trace(
        ctx: typer.Context,
        target: Annotated[
            str, typer.Argument(help="A file, a folder/, or lines of a file.", metavar="PATH[:LINE[-LINE]]")
        ],
        project: ProjectName = None,
        threads: Annotated[
            int, typer.Option("--threads", help="At most so many discussions for each.", min=0, metavar="N")
        ] = 10,
        limit: Limit = 10,
        require_fresh: RequireFresh = None,
    ) -> None:
        """Show why code is as it is: line, commit, merge request, issue, and the discussions that decided it.

        With a line, git is asked which commit wrote it, so this has to be run where the file is checked out.
        """
        from domain.trace_targets import trace_target
        from entrypoints.cli.tracing import trace_line, trace_path

        wanted = trace_target(target)
        question = asked(ctx, wanted.path, project, require_fresh)
        if wanted.first is None or wanted.last is None:
            trace_path(ctx, question, threads=threads, limit=limit)
        else:
            trace_line(ctx, question, wanted.first, wanted.last, threads=threads, limit=limit)


def _add_timeline(root: typer.Typer) -> None:
    @command(
        root,
        "timeline",
        examples=["lore timeline issue:42", "lore timeline mr:7 --depth 2", "lore timeline retry budget --since 1y"],
        answer="application.provenance.show_timeline:Timeline",
        panel=panels.UNDERSTAND,
    )
    def timeline(
        ctx: typer.Context,
        what: Annotated[list[str], typer.Argument(help="issue:N, mr:N, or what to look for.", metavar="WHAT")],
        project: ProjectName = None,
        depth: Annotated[int, typer.Option("--depth", help="How many references away.", min=0, max=5, metavar="N")] = 1,
        mentions: Annotated[bool, typer.Option(" /--no-mentions", help="Do not follow mere mentions.")] = True,
        since: Since = None,
        max_entities: Annotated[
            int, typer.Option("--max-entities", help="At most so many items.", min=1, metavar="N")
        ] = 50,
        limit: Limit = 100,
        require_fresh: RequireFresh = None,
    ) -> None:
        """Show what happened, in order: to one item, or to all that fits some words, and to what they refer to."""
        from application.provenance.show_timeline import TimelineOf
        from entrypoints.cli.asking import moment

        with opened_provenance(ctx) as box:
            found = box.show_timeline()(
                TimelineOf(
                    what=" ".join(what),
                    asked=asked(ctx, ".", project, require_fresh),
                    depth=depth,
                    mentions=mentions,
                    since=moment(since, now=box.clock().now_ms()),
                    max_entities=max_entities,
                    limit=limit,
                )
            )
        answer(
            ctx,
            found.timeline,
            view("timeline_view:show_timeline", found),
            meta={
                "total_events": found.total_events,
                "truncated": found.total_events > len(found.timeline.events),
                "items_cut": found.items_cut,
                "freshness": found.freshness,
            },
        )


def _add_explain(root: typer.Typer) -> None:
    @command(
        root,
        "explain",
        examples=["lore explain issues 42", "lore explain mrs 7 -p group/app"],
        answer="application.provenance.explain_item:Explanation",
        answer_key="item",
        panel=panels.UNDERSTAND,
    )
    def explain(
        ctx: typer.Context, kind: TypeOf, iid: Iid, project: ProjectName = None, require_fresh: RequireFresh = None
    ) -> None:
        """Show a brief of one item: decisions, open threads, people, relatives; each with the note it comes from."""
        from application.provenance.explain_item import ExplanationOf
        from entrypoints.cli.asking_provenance import kind_of

        with opened_provenance(ctx) as box:
            found = box.explain_item()(
                ExplanationOf(kind=kind_of(kind), iid=iid, asked=asked(ctx, ".", project, require_fresh))
            )
        answer_item(
            ctx,
            found.explanation,
            view("explain_view:show_explanation", found),
            meta={"freshness": found.freshness},
        )


def _add_related(root: typer.Typer) -> None:
    @command(
        root,
        "related",
        aliases=["similar"],
        examples=["lore related issues 42", "lore related mrs 7 -n 5"],
        answer="application.provenance.find_related:ShownRelated",
        answer_key="items",
        panel=panels.UNDERSTAND,
    )
    def related(
        ctx: typer.Context,
        kind: TypeOf,
        iid: Iid,
        project: ProjectName = None,
        limit: Limit = 10,
        require_fresh: RequireFresh = None,
    ) -> None:
        """Show what resembles an item: by references, files, labels and, where there are vectors, by meaning."""
        from application.provenance.find_related import RelatedTo
        from entrypoints.cli.asking_provenance import kind_of

        with opened_provenance(ctx) as box:
            found = box.find_related()(
                RelatedTo(kind=kind_of(kind), iid=iid, asked=asked(ctx, ".", project, require_fresh), limit=limit)
            )
        answer_list(
            ctx,
            found.related,
            view("related_view:show_related", found),
            total=len(found.related),
            meta={"signs": found.signs, "freshness": found.freshness},
        )


def _add_drift(root: typer.Typer) -> None:
    @command(
        root,
        "drift",
        examples=["lore drift issues 42", "lore drift mrs 7 --threshold 0.3"],
        answer="application.provenance.find_drift:DriftingNote",
        answer_key="items",
        panel=panels.UNDERSTAND,
    )
    def drift(
        ctx: typer.Context,
        kind: TypeOf,
        iid: Iid,
        project: ProjectName = None,
        threshold: Annotated[
            float, typer.Option("--threshold", help="Below this similarity a note is off the topic.", min=-1, max=1)
        ] = 0.4,
        require_fresh: RequireFresh = None,
    ) -> None:
        """Show where the discussion of an item left what its description is about. It needs vectors."""
        from application.provenance.find_drift import DriftOf
        from entrypoints.cli.asking_provenance import kind_of

        with opened_provenance(ctx) as box:
            found = box.find_drift()(
                DriftOf(kind=kind_of(kind), iid=iid, asked=asked(ctx, ".", project, require_fresh), threshold=threshold)
            )
        answer_list(
            ctx,
            found.notes,
            view("drift_view:show_drift", found),
            total=len(found.notes),
            meta={"threshold": found.threshold, "freshness": found.freshness},
        )
