"""`lore who` and `lore me`: who knows, who works on what, and what needs me."""

from collections.abc import Mapping
from typing import Annotated

import typer

from domain.errors import UsageError
from entrypoints.cli import panels
from entrypoints.cli.options import Limit, ProjectName, RequireFresh, Since
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    _add_who(root)
    _add_me(root)


def _add_who(root: typer.Typer) -> None:
    @command(
        root,
        "who",
        examples=["lore who src/app.py", "lore who @alice", "lore who @alice --reviews", "lore who --active"],
        panel=panels.UNDERSTAND,
    )
    def who(
        ctx: typer.Context,
        whom: Annotated[str | None, typer.Argument(help="A path, or a @user.", metavar="[PATH|@USER]")] = None,
        project: ProjectName = None,
        reviews: Annotated[bool, typer.Option("--reviews", help="What the user reviewed.")] = False,
        active: Annotated[bool, typer.Option("--active", help="Where people talk right now.")] = False,
        overlap: Annotated[bool, typer.Option("--overlap", help="Who works on the path as well.")] = False,
        explain_score: Annotated[bool, typer.Option("--explain-score", help="With the parts of each score.")] = False,
        as_of: Annotated[str | None, typer.Option("--as-of", help="As it was on this day.", metavar="DATE")] = None,
        exclude: Annotated[
            list[str] | None, typer.Option("--exclude", help="Leave this user out.", metavar="USER")
        ] = None,
        weight: Annotated[
            list[str] | None,
            typer.Option("--weight", help="Such as authored=25/180: points, half-life in days.", metavar="NAME=POINTS"),
        ] = None,
        since: Since = None,
        limit: Limit = 20,
        require_fresh: RequireFresh = None,
    ) -> None:
        """Show who knows a path, what somebody works on or reviewed, where people talk, or who works on the same.

        Experts are ranked by what they wrote and reviewed there, which fades with time. Weights and people to leave
        out that always hold stand in the configuration file, under [who].
        """
        from entrypoints.cli.asking_people import PeopleAnswers, WhoOptions

        mode = _mode(whom, reviews=reviews, active=active, overlap=overlap)
        if mode != "expert":
            ranking = {"--explain-score": explain_score, "--as-of": as_of, "--exclude": exclude, "--weight": weight}
            _refuse(ranking, "is about who knows a path")
        if mode == "workload":
            _refuse({"--since": since}, "does not go with what is open for somebody")
        answers = PeopleAnswers(ctx, project=project, since=since, limit=limit, require_fresh=require_fresh)
        if whom is None:
            answers.active()
        elif mode == "expert":
            options = WhoOptions(explain=explain_score, as_of=as_of, exclude=exclude or (), weights=weight or ())
            answers.experts(whom, options)
        else:
            {"reviews": answers.reviews, "workload": answers.workload, "overlap": answers.overlap}[mode](whom)


def _mode(whom: str | None, *, reviews: bool, active: bool, overlap: bool) -> str:
    about_person = whom is not None and whom.startswith("@")
    if sum((reviews, active, overlap)) > 1:
        raise UsageError("Only one of --reviews, --active and --overlap can be asked for.")
    if whom is None and not active:
        raise UsageError("Nobody and nothing is named.", suggestion="Give a path or a @user, or --active.")
    if whom is not None and active:
        raise UsageError("--active is about projects.", suggestion=f"Leave out {whom!r}; -p names a project.")
    if about_person and overlap:
        raise UsageError("--overlap is about a path.", suggestion="Give a path instead of a user.")
    chosen = [name for name, asked in (("active", active), ("reviews", reviews), ("overlap", overlap)) if asked]
    return chosen[0] if chosen else "workload" if about_person else "expert"


def _refuse(options: Mapping[str, object], why: str) -> None:
    """What was typed and would do nothing."""
    for name, value in options.items():
        if value:
            raise UsageError(f"{name} {why}.", suggestion="Leave it out.")


def _add_me(root: typer.Typer) -> None:
    @command(
        root,
        "me",
        examples=["lore me", "lore me --user alice", "lore me --reset-cursor"],
        answer="application.people.show_my_work:MyDesk",
        panel=panels.UNDERSTAND,
    )
    def me(
        ctx: typer.Context,
        user: Annotated[str | None, typer.Option("--user", help="Somebody else's desk.", metavar="USER")] = None,
        project: ProjectName = None,
        reset_cursor: Annotated[bool, typer.Option("--reset-cursor", help="Forget when you last looked.")] = False,
        since: Since = None,
        limit: Limit = 50,
        require_fresh: RequireFresh = None,
    ) -> None:
        """Show your open work and whose turn it is, who speaks to you, and what is new since you last looked."""
        from entrypoints.cli.asking_people import PeopleAnswers

        answers = PeopleAnswers(ctx, project=project, since=since, limit=limit, require_fresh=require_fresh)
        answers.my_work(user, reset_cursor=reset_cursor)
