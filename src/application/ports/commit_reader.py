"""What the store knows of commits: which merge requests hold them."""

from collections.abc import Collection, Sequence
from typing import Protocol

from domain.attribution import Candidate, ShaMatch
from domain.blame import CommitFacts
from domain.commit_messages import NamedMergeRequest
from domain.refs import ProjectId


class CommitReader(Protocol):
    """Commits as merge requests hold them."""

    def matches(self, project_id: ProjectId, shas: Sequence[str]) -> tuple[ShaMatch, ...]:
        """Merge requests that hold a commit in any role; a sha of fewer than 40 characters matches by prefix."""
        ...

    def candidates(self, instance: str, named: Collection[NamedMergeRequest]) -> tuple[Candidate, ...]:
        """Those of the named merge requests that the store holds, each under its present project path."""
        ...

    def rewritten(self, project_id: ProjectId, paths: Sequence[str], commit: CommitFacts) -> tuple[Candidate, ...]:
        """Merge requests that touched one of the paths and hold a commit of the same title, author and author time."""
        ...

    def adding(
        self, project_id: ProjectId, paths: Sequence[str], text: str, *, merged_since: int, limit: int
    ) -> tuple[Candidate, ...]:
        """Merge requests merged since then whose diff of one of the paths adds the line `text`, white space aside.

        Of those that touched the path, the `limit` merged first are looked at.
        """
        ...
