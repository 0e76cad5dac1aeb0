"""`lore mrs`: a list with filters, or one merge request with its threads."""

from typing import Annotated

import typer

from entrypoints.choices import MergeRequestState, SortName, state_of
from entrypoints.cli import item_options as options
from entrypoints.cli import panels
from entrypoints.cli.options import Ascending, Cursor, Limit, ProjectName, RequireFresh, Since, Until
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "mrs",
        aliases=["mr", "merge-requests"],
        examples=["lore mrs --state merged --reviewer alice", "lore mrs 456 -p group/app", "lore mrs --no-draft"],
        answer="application.reading.listed:ListedMergeRequest",
        answer_key="items",
        panel=panels.READ,
    )
    def mrs(
        ctx: typer.Context,
        iid: options.IidOf = None,
        project: ProjectName = None,
        state: Annotated[
            MergeRequestState, typer.Option("--state", help="Only those in this state.")
        ] = MergeRequestState.ALL,
        author: options.Author = None,
        assignee: options.Assignee = None,
        reviewer: Annotated[
            str | None, typer.Option("--reviewer", help="To be reviewed by this user.", metavar="USER")
        ] = None,
        label: options.Labels = None,
        milestone: options.Milestone = None,
        since: Since = None,
        until: Until = None,
        draft: Annotated[bool | None, typer.Option("--draft/--no-draft", help="Only drafts, or none.")] = None,
        source: Annotated[str | None, typer.Option("--source", help="From this branch.", metavar="BRANCH")] = None,
        target: Annotated[str | None, typer.Option("--target", help="Into this branch.", metavar="BRANCH")] = None,
        sort: options.Sort = SortName.UPDATED,
        ascending: Ascending = False,
        limit: Limit = 50,
        cursor: Cursor = None,
        require_fresh: RequireFresh = None,
        browser: options.Browser = False,
        as_of: options.AsOf = None,
    ) -> None:
        """List merge requests, the last updated first, or show one with its description, threads, files and commits.

        --since and --until are about the last update.
        """
        from domain.refs import EntityKind
        from entrypoints.cli.items import Listing, list_items, show_item

        if as_of is not None:
            from entrypoints.cli.past_items import show_past_item

            show_past_item(
                ctx, EntityKind.MERGE_REQUEST, iid, as_of=as_of, project=project, require_fresh=require_fresh
            )
            return
        if iid is not None:
            show_item(ctx, EntityKind.MERGE_REQUEST, iid, project=project, require_fresh=require_fresh, browser=browser)
            return
        listing = Listing(
            kind=EntityKind.MERGE_REQUEST,
            project=project,
            since=since,
            until=until,
            sort=sort.value,
            ascending=ascending,
            limit=limit,
            cursor=cursor,
            require_fresh=require_fresh,
            browser=browser,
        )
        list_items(
            ctx,
            listing,
            state=state_of(state),
            author=author,
            assignee=assignee,
            reviewer=reviewer,
            labels=tuple(label or ()),
            milestone=milestone,
            draft=draft,
            source_branch=source,
            target_branch=target,
        )
