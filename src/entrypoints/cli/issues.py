"""`lore issues`: a list with filters, or one issue with its threads."""

from typing import Annotated

import typer

from entrypoints.choices import IssueState, SortName, state_of
from entrypoints.cli import item_options as options
from entrypoints.cli import panels
from entrypoints.cli.options import Ascending, Cursor, Limit, ProjectName, RequireFresh, Since, Until
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "issues",
        aliases=["issue"],
        examples=[
            "lore issues --state opened --label bug",
            "lore issues 123 -p group/app",
            "lore issues 123 --as-of 2026-01-31",
            "lore issues --since 7d",
        ],
        answer="application.reading.listed:ListedIssue",
        answer_key="items",
        panel=panels.READ,
    )
    def issues(
        ctx: typer.Context,
        iid: options.IidOf = None,
        project: ProjectName = None,
        state: Annotated[IssueState, typer.Option("--state", help="Only those in this state.")] = IssueState.ALL,
        author: options.Author = None,
        assignee: options.Assignee = None,
        label: options.Labels = None,
        milestone: options.Milestone = None,
        since: Since = None,
        until: Until = None,
        due_before: Annotated[
            str | None, typer.Option("--due-before", help="Due before this day.", metavar="DATE")
        ] = None,
        has_due: Annotated[bool, typer.Option("--has-due", help="Has a due date.")] = False,
        sort: options.Sort = SortName.UPDATED,
        ascending: Ascending = False,
        limit: Limit = 50,
        cursor: Cursor = None,
        require_fresh: RequireFresh = None,
        browser: options.Browser = False,
        as_of: options.AsOf = None,
    ) -> None:
        """List issues, the last updated first, or show one with its description and threads.

        --since and --until are about the last update.
        """
        from domain.dates import parse_date
        from domain.refs import EntityKind
        from entrypoints.cli.items import Listing, list_items, show_item

        if as_of is not None:
            from entrypoints.cli.past_items import show_past_item

            show_past_item(ctx, EntityKind.ISSUE, iid, as_of=as_of, project=project, require_fresh=require_fresh)
            return
        if iid is not None:
            show_item(ctx, EntityKind.ISSUE, iid, project=project, require_fresh=require_fresh, browser=browser)
            return
        listing = Listing(
            kind=EntityKind.ISSUE,
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
            labels=tuple(label or ()),
            milestone=milestone,
            due_before=None if due_before is None else parse_date(due_before),
            has_due=has_due,
        )
