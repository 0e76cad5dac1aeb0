"""`lore auth`."""

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.output import answer_list
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "auth",
        examples=["lore auth", "lore auth --json"],
        answer="application.operations.check_tokens:TokenReport",
        answer_key="items",
        panel=panels.SET_UP,
    )
    def auth(ctx: typer.Context) -> None:
        """Ask each GitLab whether its token is good, for whom, with which scopes, until when."""
        from application.operations.check_tokens import CheckedInstance, CheckTokensOf
        from entrypoints.cli.auth_view import show_tokens

        run = invocation(ctx)
        settings = run.settings()
        asked = tuple(CheckedInstance(name=each.name, url=each.url) for each in settings.configured_instances())
        for warning in settings.warnings():
            run.warn(warning)
        with opened(ctx, hasty=True) as box:
            reports = box.check_tokens()(CheckTokensOf(instances=asked))
        answer_list(ctx, reports, lambda screen: show_tokens(screen, reports), total=len(reports))
