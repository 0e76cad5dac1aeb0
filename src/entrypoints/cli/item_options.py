"""The options that `issues` and `mrs` share."""

from typing import Annotated

import typer

from entrypoints.choices import SortName

IidOf = Annotated[int | None, typer.Argument(help="Show this one, with its threads.", metavar="[IID]", min=1)]
Author = Annotated[str | None, typer.Option("--author", help="Opened by this user.", metavar="USER")]
Assignee = Annotated[str | None, typer.Option("--assignee", help="Assigned to this user.", metavar="USER")]
Labels = Annotated[list[str] | None, typer.Option("--label", help="Has this label; several: has all.", metavar="LABEL")]
Milestone = Annotated[str | None, typer.Option("--milestone", help="In this milestone.", metavar="TITLE")]
Sort = Annotated[SortName, typer.Option("--sort", help="In the order of this field.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Show the item named as it was at that time."),
]
Browser = Annotated[bool, typer.Option("--open", help="Open the one that is shown in the browser too.")]
