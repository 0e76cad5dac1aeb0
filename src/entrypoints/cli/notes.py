"""`lore notes`."""

from enum import StrEnum
from typing import Annotated

import typer

from domain.errors import UsageError
from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.options import Ascending, Cursor, Limit, ProjectName, RequireFresh, Since, Until
from entrypoints.cli.output import answer_list
from entrypoints.cli.tree import command


class NoteType(StrEnum):
    DIFF = "DiffNote"
    DISCUSSION = "DiscussionNote"


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "notes",
        aliases=["note"],
        examples=["lore notes --author alice --since 7d", "lore notes --mr 456 --unresolved", "lore notes --path src/"],
        answer="application.reading.listed:ListedNote",
        answer_key="items",
        panel=panels.READ,
    )
    def notes(
        ctx: typer.Context,
        project: ProjectName = None,
        author: Annotated[str | None, typer.Option("--author", help="Written by this user.", metavar="USER")] = None,
        note_type: Annotated[NoteType | None, typer.Option("--type", help="Of this kind.")] = None,
        path: Annotated[
            str | None, typer.Option("--path", help="On this file, or below this folder/.", metavar="PATH")
        ] = None,
        text: Annotated[str | None, typer.Option("--text", help="Contains this text.", metavar="TEXT")] = None,
        since: Since = None,
        until: Until = None,
        issue: Annotated[int | None, typer.Option("--issue", help="On this issue.", metavar="IID", min=1)] = None,
        mr: Annotated[int | None, typer.Option("--mr", help="On this merge request.", metavar="IID", min=1)] = None,
        resolved: Annotated[
            bool | None, typer.Option("--resolved/--unresolved", help="Of threads that can be resolved.")
        ] = None,
        system: Annotated[bool, typer.Option("--system", help="GitLab's own notes too.")] = False,
        ascending: Ascending = False,
        limit: Limit = 50,
        cursor: Cursor = None,
        require_fresh: RequireFresh = None,
    ) -> None:
        """List notes, the newest first."""
        from application.ports.note_reader import NoteFilter
        from application.reading.list_notes import NoteQuestion
        from domain.refs import EntityKind
        from entrypoints.cli.asking import duration, moment, one_project
        from entrypoints.cli.note_view import show_notes

        if issue is not None and mr is not None:
            raise UsageError("A note is on an issue or on a merge request.", suggestion="Give --issue or --mr.")
        kind = EntityKind.ISSUE if issue is not None else EntityKind.MERGE_REQUEST if mr is not None else None
        with opened(ctx) as box:
            if kind is not None:
                project = box.choose_projects().one(one_project(invocation(ctx), box, project)).path
            now = box.clock().now_ms()
            chosen = NoteFilter(
                author=author,
                type=note_type.value if note_type else None,
                path=path,
                text=text,
                created_since=moment(since, now=now),
                created_until=moment(until, now=now, end_of_day=True),
                kind=kind,
                iid=issue if issue is not None else mr,
                resolved=resolved,
                system=system,
            )
            found = box.list_notes()(
                NoteQuestion(
                    filter=chosen,
                    projects=(project,) if project else (),
                    ascending=ascending,
                    limit=limit,
                    cursor=cursor,
                    require_fresh_ms=duration(require_fresh),
                )
            )
        answer_list(
            ctx,
            found.items,
            lambda screen: show_notes(screen, found),
            total=found.total,
            next_cursor=found.next_cursor,
            meta={"freshness": found.freshness},
        )
