"""The questions of the set-up wizard."""

import re
from dataclasses import replace

import typer

from application.operations.current_project import FindCurrentProject, InstanceAddress
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.set_up import Wishes, checked_instance

_VARIABLE = "GITLAB_TOKEN"
_GITLAB_COM = "https://gitlab.com"


def ask(ctx: typer.Context, wishes: Wishes) -> Wishes:
    """Ask for what was not typed. An answer that cannot be right is an error, as it is without questions."""
    if wishes.url is None:
        wishes = replace(wishes, url=_question("Address of your GitLab", default=_GITLAB_COM))
    checked_instance(wishes)
    if wishes.token_env is None:
        wishes = _ask_for_token(ctx, wishes)
    if not wishes.projects and not wishes.groups:
        here = _project_here(ctx, wishes)
        wishes = replace(wishes, projects=_several("Projects to sync, by their full paths", default=here))
        wishes = replace(wishes, groups=_several("Groups to sync every project of"))
    return wishes


def _ask_for_token(ctx: typer.Context, wishes: Wishes) -> Wishes:
    """A variable that is set is taken; otherwise the token is typed, and kept where only the user can read it."""
    if invocation(ctx).environ.get(_VARIABLE) and typer.confirm(
        f"Use the token in {_VARIABLE}?", default=True, err=True
    ):
        return replace(wishes, token_env=_VARIABLE)
    where = f"{wishes.url}/-/user_settings/personal_access_tokens?scopes=read_api"
    typer.echo(f"A token with scope read_api is enough; make one at {where}", err=True)
    secret: str = typer.prompt("Token (it is not shown)", hide_input=True, err=True)
    return replace(wishes, secret=secret)


def _project_here(ctx: typer.Context, wishes: Wishes) -> str:
    """The project of the checkout that the wizard runs in, if it is of this GitLab."""
    instance = checked_instance(wishes)
    with opened(ctx) as box:
        address = InstanceAddress(name=instance.name, base_url=instance.url)
        found = box.current_project()(FindCurrentProject(instances=(address,)))
    return found.path if found is not None else ""


def _several(words: str, default: str = "") -> tuple[str, ...]:
    typed = _question(f"{words}, between commas (none: just Enter)", default=default)
    return tuple(part for part in re.split(r"[,\s]+", typed) if part)


def _question(words: str, *, default: str) -> str:
    answer: str = typer.prompt(words, default=default, show_default=bool(default), err=True)
    return answer.strip()
