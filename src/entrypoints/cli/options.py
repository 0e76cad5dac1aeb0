"""Options that several commands share."""

from typing import Annotated

import typer

Limit = Annotated[int, typer.Option("-n", "--limit", help="At most this many.", min=1, metavar="N")]
Cursor = Annotated[
    str | None, typer.Option("--cursor", help="The next page: `meta.next_cursor` of the one before.", metavar="CURSOR")
]
Ascending = Annotated[bool, typer.Option("--asc", help="The smallest or oldest first.")]
ProjectName = Annotated[
    str | None,
    typer.Option("-p", "--project", help="A project, or what is unmistakable of its path.", metavar="PROJECT"),
]
FullProjectPath = Annotated[
    str | None, typer.Option("-p", "--project", help="The full path of a project.", metavar="PROJECT")
]
Since = Annotated[
    str | None, typer.Option("--since", help="Not before: 7d, 2w, 1m, 1y, a date or an ISO time.", metavar="WHEN")
]
Until = Annotated[str | None, typer.Option("--until", help="Not after; see --since.", metavar="WHEN")]
RequireFresh = Annotated[
    str | None,
    typer.Option("--require-fresh", help="Refuse data whose last sync is longer ago, such as 15m.", metavar="AGE"),
]
