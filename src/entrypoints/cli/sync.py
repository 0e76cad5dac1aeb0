"""`lore sync`: everything that is configured, or only the named issues and merge requests."""

from typing import Annotated

import typer

from domain.errors import UsageError
from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation
from entrypoints.cli.options import FullProjectPath
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "sync",
        examples=[
            "lore sync",
            "lore sync -p group/app --full",
            "lore sync --reconcile",
            "lore sync --issue 123 --mr 456 -p group/app",
            "lore sync https://gitlab.example.com/group/app/-/issues/123",
        ],
        answer="application.operations.sync_runs:RunReport",
        panel=panels.FETCH,
    )
    def sync(
        ctx: typer.Context,
        url: Annotated[list[str] | None, typer.Argument(help="Addresses of issues or merge requests.")] = None,
        issue: Annotated[list[str] | None, typer.Option("--issue", metavar="N", help="Only this issue.")] = None,
        mr: Annotated[list[str] | None, typer.Option("--mr", metavar="N", help="Only this merge request.")] = None,
        issue_url: Annotated[
            list[str] | None, typer.Option("--issue-url", metavar="URL", help="Only the issue at this address.")
        ] = None,
        mr_url: Annotated[
            list[str] | None, typer.Option("--mr-url", metavar="URL", help="Only the merge request at this address.")
        ] = None,
        project: FullProjectPath = None,
        preflight_only: Annotated[
            bool, typer.Option("--preflight-only", help="Only look whether the named items can be fetched.")
        ] = False,
        reconcile: Annotated[
            bool,
            typer.Option(
                "--reconcile",
                help="Compare everything, or the named items, with GitLab, and remove what it no longer has.",
            ),
        ] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan: no request, no write.")] = False,
        full: Annotated[bool, typer.Option("--full", help="Read everything again from the beginning.")] = False,
        docs: Annotated[bool, typer.Option("--docs/--no-docs", help="Make documents, or leave it for later.")] = True,
        embed: Annotated[bool, typer.Option("--embed/--no-embed", help="Embed, or leave it for later.")] = True,
        events: Annotated[
            bool | None, typer.Option("--events/--no-events", help="Fetch resource events, or leave it for later.")
        ] = None,
        diffs: Annotated[
            bool | None, typer.Option("--diffs/--no-diffs", help="Fetch diffs, or leave it for later.")
        ] = None,
        strict: Annotated[bool, typer.Option("--strict", help="Fail if any project or item failed.")] = False,
    ) -> None:
        """Bring the store up to date: all that is configured, or the issues and merge requests that you name.

        Named items are refreshed in seconds, also while another sync is running. A sync that was interrupted goes on
        where it stopped.
        """
        from domain.targets import SurgicalArguments
        from entrypoints.cli.sync_plan import StandardWishes
        from entrypoints.cli.sync_running import SurgicalWishes, sync_projects, sync_targets

        run = invocation(ctx)
        for warning in run.settings().warnings():
            run.warn(warning)
        named = SurgicalArguments(
            issues=tuple(issue or ()),
            merge_requests=tuple(mr or ()),
            issue_urls=tuple(issue_url or ()),
            merge_request_urls=tuple(mr_url or ()),
            urls=tuple(url or ()),
            project=project,
        )
        if not any((issue, mr, issue_url, mr_url, url)):
            if preflight_only:
                raise UsageError(
                    "--preflight-only looks at named items, and none is named.", suggestion="Add --issue N."
                )
            wishes = StandardWishes(
                project=project, full=full, docs=docs, embed=embed, events=events, diffs=diffs, reconcile=reconcile
            )
            sync_projects(ctx, wishes, dry_run=dry_run, strict=strict)
            return
        _refuse({"--full": full, "--no-docs": not docs, "--no-events": events is False, "--no-diffs": diffs is False})
        surgical = SurgicalWishes(
            preflight_only=preflight_only, dry_run=dry_run, embed=embed, strict=strict, reconcile=reconcile
        )
        sync_targets(ctx, named, surgical)


def _refuse(typed: dict[str, bool]) -> None:
    """Options for whole projects, beside named items."""
    for option, is_typed in typed.items():
        if is_typed:
            raise UsageError(
                f"{option} is for whole projects; named items always go through the whole pipeline.",
                suggestion="Leave the option out, or name no items.",
                details={"target": option, "reason": "it does not go with named items"},
            )
