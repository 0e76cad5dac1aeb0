"""`lore init`: the set-up wizard, and the same without questions for scripts."""

from typing import Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "init",
        examples=[
            "lore init",
            "lore init --non-interactive --url https://gitlab.example.com --token-env GITLAB_TOKEN --project group/app",
        ],
        answer="application.operations.set_up_instance:SetUpReport",
        writes=True,
        panel=panels.SET_UP,
    )
    def init(
        ctx: typer.Context,
        url: Annotated[str | None, typer.Option("--url", help="The address of the GitLab.", metavar="URL")] = None,
        name: Annotated[str | None, typer.Option("--name", help="What to call it; else its host.")] = None,
        token_env: Annotated[
            str | None, typer.Option("--token-env", help="The variable that holds the token.", metavar="VAR")
        ] = None,
        project: Annotated[
            list[str] | None, typer.Option("--project", help="A project to sync, by its full path.", metavar="PATH")
        ] = None,
        group: Annotated[
            list[str] | None, typer.Option("--group", help="A group to sync every project of.", metavar="PATH")
        ] = None,
        username: Annotated[str | None, typer.Option("--username", help="Yours, for `lore me`.")] = None,
        default_project: Annotated[
            str | None, typer.Option("--default-project", help="Meant where none is named.", metavar="PATH")
        ] = None,
        non_interactive: Annotated[bool, typer.Option("--non-interactive", help="Ask nothing.")] = False,
        check: Annotated[bool, typer.Option("--check/--no-check", help="Ask GitLab whether all of it works.")] = True,
        force: Annotated[bool, typer.Option("--force", help="Replace a configuration that is there.")] = False,
    ) -> None:
        """Set lore up for a GitLab: where it is, where its token is, what to sync.

        The token and the projects are checked first, then the configuration is written, for your eyes only. Where
        there is a configuration already, the GitLab is added to it.
        """
        from entrypoints.cli.set_up import Wishes, set_up
        from entrypoints.cli.set_up_questions import ask

        wishes = Wishes(
            url=url,
            name=name,
            token_env=token_env,
            projects=tuple(project or ()),
            groups=tuple(group or ()),
            username=username,
            default_project=default_project,
        )
        if invocation(ctx).interactive and not non_interactive:
            wishes = ask(ctx, wishes)
        set_up(ctx, wishes, check=check, force=force)
