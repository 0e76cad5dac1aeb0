"""`lore search`."""

from enum import StrEnum
from typing import Annotated

import typer

from entrypoints.choices import DocumentType, MergeRequestState, state_of
from entrypoints.cli import item_options, panels
from entrypoints.cli.invocation import opened
from entrypoints.cli.options import Cursor, Limit, ProjectName, RequireFresh, Since, Until
from entrypoints.cli.output import answer_list
from entrypoints.cli.tree import command


class Mode(StrEnum):
    HYBRID = "hybrid"
    LEXICAL = "lexical"
    SEMANTIC = "semantic"


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "search",
        aliases=["find", "query"],
        examples=[
            "lore search retry budget",
            "lore search why are uploads slow? --explain",
            'lore search "connection reset" --type mr --state merged',
        ],
        answer="application.search.search_documents:SearchResult",
        answer_key="results",
        panel=panels.READ,
    )
    def search(
        ctx: typer.Context,
        query: Annotated[list[str], typer.Argument(help="What to look for, as it comes.", metavar="QUERY")],
        project: ProjectName = None,
        types: Annotated[
            list[DocumentType] | None, typer.Option("--type", help="Only in documents of this kind; several: of any.")
        ] = None,
        author: Annotated[
            str | None, typer.Option("--author", help="Written, or begun, by this user.", metavar="USER")
        ] = None,
        label: item_options.Labels = None,
        state: Annotated[
            MergeRequestState, typer.Option("--state", help="Of the issue or merge request.")
        ] = MergeRequestState.ALL,
        path: Annotated[
            str | None, typer.Option("--path", help="Touches this file, or one below this folder/.", metavar="PATH")
        ] = None,
        since: Since = None,
        until: Until = None,
        updated_since: Annotated[
            str | None, typer.Option("--updated-since", help="Changed since then; see --since.", metavar="WHEN")
        ] = None,
        mode: Annotated[
            Mode, typer.Option("--mode", help="By words and meaning, by words alone, or by meaning alone.")
        ] = Mode.HYBRID,
        explain: Annotated[bool, typer.Option("--explain", help="Say of each result how each side ranks it.")] = False,
        limit: Limit = 20,
        cursor: Cursor = None,
        require_fresh: RequireFresh = None,
    ) -> None:
        """Find issues and merge requests by words, identifiers or questions, in texts and threads, the best first.

        Any text will do as a query; "quoted words" stand together. --since and --until are about when it was written.
        """
        from application.ports.document_search import SearchFilter
        from application.search.search_documents import SearchMode, SearchQuestion
        from entrypoints.cli.asking import duration, moment
        from entrypoints.cli.search_view import show_results

        with opened(ctx) as box:
            now = box.clock().now_ms()
            chosen = SearchFilter(
                source_types=tuple(one.source_type for one in types or ()),
                author=author,
                labels=tuple(label or ()),
                state=state_of(state),
                path=path,
                created_since=moment(since, now=now),
                created_until=moment(until, now=now, end_of_day=True),
                updated_since=moment(updated_since, now=now),
            )
            found = box.search_documents()(
                SearchQuestion(
                    text=" ".join(query),
                    filter=chosen,
                    projects=(project,) if project else (),
                    limit=limit,
                    cursor=cursor,
                    require_fresh_ms=duration(require_fresh),
                    mode=SearchMode(mode.value),
                    explain=explain,
                )
            )
        answer_list(
            ctx,
            found.results,
            lambda screen: show_results(screen, found),
            total=found.total,
            next_cursor=found.next_cursor,
            name="results",
            meta={
                "total_is_exact": found.total_is_exact,
                "mode": found.mode,
                "terms": found.terms,
                "note": found.note,
                "freshness": found.freshness,
            },
        )
