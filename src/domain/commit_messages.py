"""What commit messages tell about the merge requests and commits behind them (FACTS.md section f)."""

import re
from dataclasses import dataclass

_TRAILER = re.compile(r"^See merge request (?P<project>[^\s!#]*)!(?P<iid>\d{1,10})\s*$", re.MULTILINE | re.IGNORECASE)
_PICKED = re.compile(r"^\(cherry picked from commit (?P<sha>[0-9a-f]{7,64})\)\s*$", re.MULTILINE)
_PULL_REQUEST = re.compile(r"^Merge pull request #(?P<iid>\d{1,10}) from |\(#(?P<squashed>\d{1,10})\)$")


@dataclass(frozen=True, slots=True, order=True)
class NamedMergeRequest:
    """A merge request as a message names it; without project, it is one of the commit's own project."""

    project_path: str | None
    iid: int


def merge_request_trailers(message: str) -> tuple[NamedMergeRequest, ...]:
    """`See merge request group/project!7`, as GitLab writes it into merge commits; the last one first.

    Messages that quote others (merges of merges, backports) have their own trailer at the end.
    """
    found = [NamedMergeRequest(match["project"] or None, int(match["iid"])) for match in _TRAILER.finditer(message)]
    return tuple(reversed(found))


def cherry_picked_from(message: str) -> tuple[str, ...]:
    """The commits that `git cherry-pick -x` and GitLab's button name, the last one first."""
    return tuple(reversed([match["sha"] for match in _PICKED.finditer(message)]))


def imported_pull_request(message: str) -> int | None:
    """The number of a GitHub pull request; an import into GitLab keeps it as the merge request's iid."""
    found = _PULL_REQUEST.search(message.partition("\n")[0].strip())
    return None if found is None else int(found["iid"] or found["squashed"])
